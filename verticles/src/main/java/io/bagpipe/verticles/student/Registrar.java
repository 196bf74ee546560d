package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.PromoteConfig;
import io.bagpipe.verticles.ops.events.RegistryEvent;
import io.bagpipe.verticles.registry.Candidate;
import io.bagpipe.verticles.registry.PromotionRule;
import io.bagpipe.verticles.registry.Registry;
import io.bagpipe.verticles.registry.StudentFiles;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.registry.StudentRecord.Lineage;
import io.bagpipe.verticles.registry.StudentRecord.Recipe;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentsTopic;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the registry what becomes of the student in training, in its terms. Confined to the
 * training thread, but for {@link #registry} and {@link #taught}.
 */
final class Registrar {
  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

  private final Registry registry;
  private final Student student;
  private final String objective;
  private final Asked asked;
  private final StudentScores scores;
  private final Consumer<RegistryEvent> events;

  /** The student that the one in training comes from, as far as the registry knows. */
  private String parent = "";

  /** The student that was saved last, whose weights the one in training has or had. */
  private @Nullable String newest;

  /** The line that references are told of. */
  private final Lineage line;

  /**
   * What students are evaluated on.
   *
   * @param exam for people, and to tell it from another; empty: nothing
   */
  record Asked(String exam, int queries) {
    boolean isAnything() {
      return !exam.isEmpty();
    }
  }

  /**
   * @param registry in order already
   * @param events is told what becomes of students
   */
  Registrar(
      Registry registry,
      Student student,
      StudentIdentity identity,
      Asked asked,
      Consumer<RegistryEvent> events) {
    this.registry = registry;
    this.student = student;
    this.objective = student.trainer().objective().name();
    this.asked = asked;
    this.scores = new StudentScores(student, asked);
    this.events = events;
    this.line =
        new Lineage(
            identity.run(),
            "",
            List.of(),
            new Recipe(
                identity.network().family().torchvisionName(),
                identity.student().teacherSha256(),
                objective,
                ""),
            List.of(),
            List.of());
  }

  /**
   * Reads the registry, which nobody else may write from here on, and puts it in order; on the
   * training thread, when this process has the seat.
   */
  static Registrar open(
      Vertx vertx,
      BagpipeConfig config,
      Student student,
      StudentIdentity identity,
      StudentsTopic topic,
      Path checkpoints,
      Seat seat,
      KafkaSettings kafka)
      throws Exception {
    Exam exam = student.exam();
    Asked asked =
        exam == null
            ? new Asked("", 0)
            : new Asked(
                exam.description(config.eval(), config.seed(), config.views().geometry().size()),
                exam.queries());
    Registry registry =
        new Registry(
            topic,
            new StudentFiles(checkpoints),
            new Registry.Policy(
                rule(config.promote()), asked.isAnything(), config.promote().keep()),
            seat::write,
            topic.read(kafka, true),
            task ->
                vertx.executeBlocking(
                    () -> {
                      task.run();
                      return null;
                    },
                    false));
    if (seat.mayAct()) {
      registry.open(); // else another may have begun to keep files
    }
    Registrar made =
        new Registrar(registry, student, identity, asked, event -> event.publish(vertx.eventBus()));
    made.restored(student.restored());
    return made;
  }

  private static PromotionRule rule(PromoteConfig promote) {
    return new PromotionRule(
        PromotionRule.Mode.valueOf(promote.rule().name()),
        promote.tolerance(),
        promote.gain(),
        promote.rankFloor());
  }

  Registry registry() {
    return registry;
  }

  Asked asked() {
    return asked;
  }

  /** Goes on from a student; one that was killed between saving and telling tells it now. */
  private void restored(Student.@Nullable Saved from) {
    if (from == null) {
      return;
    }
    String id = StudentRecord.idOf(from.info().anchors(), from.weightsSha256());
    StudentRecord known = registry.students().find(id);
    if (known == null || !known.hasFile()) {
      saved(from);
    } else {
      newest = id;
      parent = known.lineage().parent();
      settle(known);
      tell(known);
    }
  }

  /** A checkpoint was written. */
  void saved(Student.Saved saved) {
    StudentRecord candidate =
        Candidate.of(
            saved.info(),
            saved.weightsSha256(),
            objective,
            student.trainer().changes(),
            scores.eras(),
            parent,
            scores.of(saved.info()));
    try {
      Registry.Step step = registry.saved(candidate, saved.file());
      newest = candidate.id();
      settle(candidate);
      follow(step);
    } catch (IOException e) {
      LOG.warn(
          "student {} is saved and not registered, its file cannot be kept: {}",
          candidate.id(),
          e.toString());
    }
  }

  /** The student in training was evaluated, as it is now. */
  void evaluated(Judgement judgement) {
    if (judgement.anchors() == 0) {
      follow(
          registry.reference(
              StudentRecord.reference(
                  StudentRecord.UNTRAINED, line, scores.of(judgement, null), now())));
      return;
    }
    judged(judgement.anchors(), loss -> scores.of(judgement, loss));
  }

  /**
   * The student in training was asked about its eras, as it is now. Where it is evaluated besides,
   * what it said comes with the evaluation.
   */
  void scored() {
    long anchors = student.trainer().anchors();
    if (!asked.isAnything() && scores.ofEras(anchors, null).isEvaluated()) {
      judged(anchors, loss -> scores.ofEras(anchors, loss));
    }
  }

  private void judged(long anchors, Function<@Nullable Double, Scores> made) {
    String id = newest;
    StudentRecord known = id == null ? null : registry.students().find(id);
    if (id == null || !id.startsWith(anchors + "-")) {
      return; // nothing was saved of it: with the next checkpoint its scores come along
    }
    Double loss = known == null ? null : known.scores().loss();
    Registry.Step step = registry.evaluated(id, made.apply(loss), now());
    if (step != null) {
      settle(step.change().subject());
      follow(step);
    }
  }

  /** The teacher was evaluated; on any thread. */
  void taught(Evaluation evaluation) {
    follow(
        registry.reference(
            StudentRecord.reference(
                StudentRecord.TEACHER, line, scores.of(Judgement.of(0, evaluation), null), now())));
  }

  /** Whether a record was made under the teacher that there is now; on any thread. */
  boolean isOfThisTeacher(StudentRecord one) {
    return one.lineage().recipe().teacherSha256().equals(line.recipe().teacherSha256());
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  /** What is trained from here on comes from this student, if it will be remembered. */
  private void settle(StudentRecord one) {
    if (one.scores().isEvaluated() || !asked.isAnything()) {
      parent = one.id();
    }
  }

  /** Says what a step came to, as soon as the log has it. */
  void follow(Registry.Step step) {
    StudentRecord subject = step.change().subject();
    step.written()
        .onSuccess(
            there -> {
              LOG.info(
                  "student {} is {}: {}",
                  subject.id(),
                  subject.stage().id(),
                  subject.decision().reason());
              tell(subject);
            });
  }

  private void tell(StudentRecord subject) {
    StudentRecord serving = registry.students().serving();
    events.accept(
        new RegistryEvent(
            serving == null ? "" : serving.id(),
            serving == null ? 0 : serving.anchors(),
            subject.id(),
            subject.stage().id(),
            subject.decision().reason(),
            Instant.now()));
  }
}
