package io.bagpipe.verticles.student;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.lease.Lease;
import io.bagpipe.streams.sender.SenderSettings;
import io.bagpipe.streams.source.CheckpointedSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.registry.StudentsTopic;
import io.bagpipe.verticles.stage.Controls;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle.Surroundings;
import io.bagpipe.verticles.stage.TopicTrimmer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code bags} to {@code students}: the training run, if this process has the service's {@link
 * Seat} for a student; else it stands by. One thread of its own makes the student, trains it, and
 * closes it; this verticle starts and stops that thread and passes on what it says.
 */
public final class StudentVerticle extends VerticleBase {
  /** Of the only member that its group has: whoever has the seat drives out who had it before. */
  private static final String MEMBER = "0";

  private static final long ASK_SECONDS = 30;

  private final BagpipeConfig config;
  private final Settings settings;
  private final Run run;
  private final Teacher teacher;
  private final Surroundings surroundings;
  private final Makers makers;
  private final Desk desk = new Desk();
  private final Activity activity = new Activity();
  private final Promise<Void> ended = Promise.promise();
  private @Nullable Seat seat;
  private @Nullable DeadLetterSender deadLetters;
  private @Nullable CheckpointedSource source;
  private @Nullable TopicTrimmer trimmer;
  private @Nullable StudentHeartbeat heartbeat;
  private @Nullable OffDutyHeartbeat offDuty;
  private @Nullable TeacherExam teacherExam;
  private volatile @Nullable Registrar registrar;
  private volatile @Nullable StudentLoop loop;
  private volatile boolean stopping;

  /**
   * @param run the run's id and where it is
   * @param teacher what the student must match
   */
  public StudentVerticle(
      BagpipeConfig config, Settings settings, Run run, Teacher teacher, Surroundings around) {
    this.config = config;
    this.settings = settings;
    this.run = run;
    this.teacher = teacher;
    this.surroundings = around;
    this.makers = new Makers(around.recipe().all(), config.service().onOtherMaker());
  }

  /** Which run, its directory, which no other process works in, and where its checkpoints are. */
  public record Run(String id, Path directory, Path checkpoints) {}

  /** What training depends on of the teacher: values of its embedding, and its file's digest. */
  public record Teacher(int embedding, String sha256) {}

  /** Completes when the student is ready to train, or when another process has it. */
  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(() -> Seat.of(config, run, surroundings.kafka()))
        .compose(this::start);
  }

  private Future<?> start(Seat wanted) {
    seat = wanted;
    Promise<Void> started = Promise.promise();
    wanted.standingBy().onSuccess(by -> context.runOnContext(v -> standBy(by, started)));
    wanted
        .taken()
        .onSuccess(
            taken ->
                context.runOnContext(
                    v ->
                        lead(wanted, taken)
                            .onFailure(e -> fail(e, started))
                            .onSuccess(done -> started.tryComplete())));
    wanted.failure().onFailure(e -> context.runOnContext(v -> fail(e, started)));
    wanted.start();
    return started.future();
  }

  private void fail(Throwable e, Promise<Void> started) {
    if (!started.future().isComplete()) {
      // nobody stops what did not start, and its senders would look for Kafka for ever
      stop().onComplete(done -> started.tryFail(e));
    } else if (!stopping) {
      surroundings.onFailure().accept(e);
    }
  }

  private void standBy(String by, Promise<Void> started) {
    beat(OffDutyHeartbeat.standby(vertx, by));
    started.tryComplete();
  }

  private void beat(OffDutyHeartbeat next) {
    noBeat();
    offDuty = next;
    next.start();
  }

  private void noBeat() {
    if (offDuty != null) {
      offDuty.stop();
    }
  }

  private Future<?> lead(Seat taken, Lease.Taken from) {
    if (stopping) {
      return Future.succeededFuture();
    }
    beat(OffDutyHeartbeat.restoring(vertx, activity));
    var kafka = surroundings.kafka();
    SenderSettings dead = SenderSettings.to(config.topics().dlq(), settings.recordBytes());
    deadLetters = new DeadLetterSender(vertx, kafka, dead);
    Standing standing = Standing.parse(from.note());
    return bagsTopicId()
        .compose(id -> make(StudentIdentity.of(config, run.id(), teacher, id), taken, standing))
        .compose(made -> standing == null ? taken.begun().map(made) : Future.succeededFuture(made))
        .compose(made -> open(made, taken));
  }

  private Future<?> open(StudentLoop made, Seat taken) {
    TeacherExam exam = new TeacherExam(config, settings, Objects.requireNonNull(registrar));
    teacherExam = exam;
    exam.start();
    RegistryDesk registry = new RegistryDesk(vertx, Objects.requireNonNull(registrar));
    registry.open();
    Exports exports = new Exports(registry::servingStudent, run.directory().resolve("students"));
    new StudentDesk(vertx, desk, made, looks(), exports).open();
    Controls.hear(vertx, made::pause);
    noBeat();
    heartbeat =
        new StudentHeartbeat(
            vertx, made, Objects.requireNonNull(source), config.stages().queueHigh());
    heartbeat.start();
    TopicTrimmer trims =
        new TopicTrimmer(
            vertx,
            surroundings.kafka(),
            config.topics().bags(),
            settings.group(Stage.STUDENT.id()),
            committed -> taken.mayAct() ? made.neededFrom() : Map.of());
    trimmer = trims;
    trims.start();
    return Objects.requireNonNull(source).start();
  }

  private Future<String> bagsTopicId() {
    TopicAdmin admin = new TopicAdmin(vertx, surroundings.kafka());
    return admin.topicId(config.topics().bags()).eventually(admin::close);
  }

  private Future<StudentLoop> make(
      StudentIdentity identity, Seat taken, @Nullable Standing standing) {
    Promise<StudentLoop> ready = Promise.promise();
    Thread thread = new Thread(() -> train(identity, taken, standing, ready), "bagpipe-student");
    thread.start();
    return ready.future();
  }

  private Looks looks() {
    return new Looks(new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()));
  }

  private void train(
      StudentIdentity identity,
      Seat taken,
      @Nullable Standing standing,
      Promise<StudentLoop> ready) {
    StudentFactory factory = new StudentFactory(config, settings, identity, run.checkpoints());
    try (Student student = factory.open(activity)) {
      Teller.restored(vertx.eventBus(), student);
      taken.requireStudent(standing, student.trainer().anchors(), this::hasProgressed);
      Registrar registry =
          Registrar.open(
              vertx,
              config,
              student,
              identity,
              new StudentsTopic(config.topics().students(), settings.studentKey(run.id())),
              run.checkpoints(),
              taken,
              surroundings.kafka());
      registrar = registry;
      StudentLoop made = prepare(student, identity, teller(taken, registry));
      loop = made;
      if (stopping) {
        made.stop();
      }
      ready.complete(made);
      made.run();
      ended.complete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(ready, e);
    } catch (Throwable e) {
      // errors too: native memory that ends is one, and nobody else would hear of it
      failed(ready, taken.reason(e));
    }
  }

  private Teller teller(Seat taken, Registrar registry) {
    return new Teller(
        vertx.eventBus(),
        surroundings.tracing(),
        makers,
        config.drift().reaction(),
        taken,
        registry,
        Objects.requireNonNull(deadLetters),
        () -> Objects.requireNonNull(loop).isStopping());
  }

  /** Whether a student of the service has taken anything of bags; on the training thread. */
  private boolean hasProgressed() throws Exception {
    TopicAdmin admin = new TopicAdmin(vertx, surroundings.kafka());
    try {
      return admin
          .committedOffsets(settings.group(Stage.STUDENT.id()), config.topics().bags())
          .toCompletionStage()
          .toCompletableFuture()
          .get(ASK_SECONDS, TimeUnit.SECONDS)
          .values()
          .stream()
          .anyMatch(offset -> offset > 0);
    } finally {
      admin.close();
    }
  }

  private void failed(Promise<StudentLoop> ready, Throwable e) {
    desk.close();
    if (!ready.tryFail(e)) {
      surroundings.onFailure().accept(e);
    }
    ended.tryComplete();
  }

  private StudentLoop prepare(Student student, StudentIdentity identity, Teller teller) {
    CheckpointedSource made =
        new CheckpointedSource(
            vertx,
            surroundings.kafka(),
            settings.intake(Stage.STUDENT.id(), config.topics().bags(), MEMBER),
            partition -> student.positions().of(partition).offset());
    source = made;
    BatchAccumulator batch =
        new BatchAccumulator(
            config.train().batch(),
            identity.student().inputSize(),
            identity.network().head().embedding(),
            settings.objective().needs());
    Progress progress = new Progress(event -> event.publish(vertx.eventBus()), activity);
    return new StudentLoop(
        student,
        made,
        batch,
        config.topics().images(),
        new Rhythm(
            config.checkpoint(),
            config.eval().everyImages(),
            config.eval().share(),
            System::nanoTime),
        progress,
        desk,
        teller);
  }

  /** The seat is given back last, when nothing more will be saved. */
  @Override
  public Future<?> stop() {
    stopping = true;
    Seat given = seat;
    StudentLoop running = loop;
    if (given == null) {
      return Future.succeededFuture();
    }
    noBeat();
    if (running == null) {
      return given
          .close()
          .eventually(() -> deadLetters == null ? Future.succeededFuture() : deadLetters.close());
    }
    running.stop();
    if (teacherExam != null) {
      teacherExam.stop();
    }
    return ended
        .future()
        .eventually(() -> Objects.requireNonNull(source).stop())
        .eventually(() -> trimmer == null ? Future.succeededFuture() : trimmer.stop())
        .eventually(given::close)
        .eventually(() -> Objects.requireNonNull(deadLetters).close())
        .onComplete(
            done -> {
              if (heartbeat != null) {
                heartbeat.stop();
              }
            });
  }
}
