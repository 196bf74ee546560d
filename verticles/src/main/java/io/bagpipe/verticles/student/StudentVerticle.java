package io.bagpipe.verticles.student;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.sender.SenderSettings;
import io.bagpipe.streams.source.CheckpointedSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Controls;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle.Surroundings;
import io.bagpipe.verticles.stage.TopicTrimmer;
import io.bagpipe.verticles.tracing.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code bags} to {@code students}: the training run. One thread of its own makes the student,
 * trains it, and closes it; this verticle starts and stops that thread and passes on what it says.
 */
public final class StudentVerticle extends VerticleBase {
  private final BagpipeConfig config;
  private final Settings settings;
  private final Run run;
  private final Teacher teacher;
  private final Surroundings surroundings;
  private final Desk desk = new Desk();
  private final Promise<Void> ended = Promise.promise();
  private @Nullable Announcer announcer;
  private @Nullable CheckpointedSource source;
  private @Nullable TopicTrimmer trimmer;
  private @Nullable StudentHeartbeat heartbeat;
  private volatile @Nullable StudentLoop loop;

  /**
   * @param run the run's id and the directory of its checkpoints
   * @param teacher what the student must match
   */
  public StudentVerticle(
      BagpipeConfig config, Settings settings, Run run, Teacher teacher, Surroundings around) {
    this.config = config;
    this.settings = settings;
    this.run = run;
    this.teacher = teacher;
    this.surroundings = around;
  }

  /** Which run, and where its checkpoints are. */
  public record Run(String id, Path checkpoints) {}

  /** What training depends on of the teacher: values of its embedding, and its file's digest. */
  public record Teacher(int embedding, String sha256) {}

  @Override
  public Future<?> start() {
    var kafka = surroundings.kafka();
    SenderSettings dead = SenderSettings.to(config.topics().dlq(), settings.recordBytes());
    announcer = new Announcer(vertx, kafka, config.topics().students(), dead);
    return bagsTopicId()
        .compose(id -> make(StudentIdentity.of(config, run.id(), teacher, id)))
        .compose(
            made -> {
              Path students = run.checkpoints().resolveSibling("students");
              new StudentDesk(vertx, desk, made, looks(), students).open();
              Controls.hear(vertx, made::pause);
              heartbeat =
                  new StudentHeartbeat(
                      vertx, made, Objects.requireNonNull(source), config.stages().queueHigh());
              heartbeat.start();
              TopicTrimmer trims =
                  new TopicTrimmer(
                      vertx,
                      kafka,
                      config.topics().bags(),
                      Settings.group(Stage.STUDENT.id()),
                      committed -> made.neededFrom());
              trimmer = trims;
              trims.start();
              return Objects.requireNonNull(source).start();
            })
        // nobody stops what did not start, and its senders would look for Kafka for ever
        .recover(failed -> stop().transform(done -> Future.failedFuture(failed)));
  }

  private Future<String> bagsTopicId() {
    TopicAdmin admin = new TopicAdmin(vertx, surroundings.kafka());
    return admin.topicId(config.topics().bags()).eventually(admin::close);
  }

  private Future<StudentLoop> make(StudentIdentity identity) {
    Promise<StudentLoop> ready = Promise.promise();
    Thread thread = new Thread(() -> train(identity, ready), "bagpipe-student");
    thread.start();
    return ready.future();
  }

  private Looks looks() {
    return new Looks(new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()));
  }

  private void train(StudentIdentity identity, Promise<StudentLoop> ready) {
    StudentFactory factory = new StudentFactory(config, settings, identity, run.checkpoints());
    try (Student student = factory.open()) {
      StudentLoop made = prepare(student, identity);
      loop = made;
      ready.complete(made);
      made.run();
      ended.complete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(ready, e);
    } catch (Throwable e) {
      // errors too: native memory that ends is one, and nobody else would hear of it
      failed(ready, e);
    }
  }

  private void failed(Promise<StudentLoop> ready, Throwable e) {
    desk.close();
    if (!ready.tryFail(e)) {
      surroundings.onFailure().accept(e);
    }
    ended.tryComplete();
  }

  private StudentLoop prepare(Student student, StudentIdentity identity) {
    CheckpointedSource made =
        new CheckpointedSource(
            vertx,
            surroundings.kafka(),
            settings.intake(Stage.STUDENT.id(), config.topics().bags()),
            partition -> student.positions().of(partition).offset());
    source = made;
    BatchAccumulator batch =
        new BatchAccumulator(
            config.train().batch(),
            identity.student().inputSize(),
            identity.network().head().embedding(),
            settings.objective().needs());
    Progress progress = new Progress(event -> event.publish(vertx.eventBus()));
    return new StudentLoop(
        student,
        made,
        batch,
        config.topics().images(),
        new Rhythm(config.checkpoint(), config.eval().everyImages()),
        progress,
        desk,
        new Teller());
  }

  /** Passes on what the training thread says. */
  private final class Teller implements StudentLoop.Listener {
    @Override
    public Tracing.Work taken(InputRecord record) {
      return surroundings.tracing().begin(Stage.STUDENT.id(), List.of(record));
    }

    @Override
    public void evaluated(long anchors, Evaluation evaluation, double seconds) {
      Events.evaluation(anchors, evaluation).publish(vertx.eventBus());
    }

    @Override
    public void saved(Student.Saved saved) {
      Events.checkpoint(saved).publish(vertx.eventBus());
      Objects.requireNonNull(announcer).announce(saved.info(), saved.file());
    }

    @Override
    public void buried(DeadLetter dead) throws InterruptedException {
      StudentLoop running = Objects.requireNonNull(loop);
      Objects.requireNonNull(announcer).bury(dead, running::isStopping);
    }
  }

  @Override
  public Future<?> stop() {
    StudentLoop running = loop;
    if (running == null) {
      return announcer == null ? Future.succeededFuture() : announcer.close();
    }
    running.stop();
    return ended
        .future()
        .eventually(() -> Objects.requireNonNull(source).stop())
        .eventually(() -> trimmer == null ? Future.succeededFuture() : trimmer.stop())
        .eventually(() -> Objects.requireNonNull(announcer).close())
        .onComplete(
            done -> {
              if (heartbeat != null) {
                heartbeat.stop();
              }
            });
  }
}
