package io.bagpipe.verticles.stage;

import com.google.protobuf.ByteString;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageSettings;
import io.bagpipe.streams.stage.TransactionalStage;
import io.bagpipe.verticles.ops.events.DeadLetterEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.tracing.Tracing;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A verticle around one {@link TransactionalStage}: starts it, reports on it, pauses and resumes
 * it, tells when it fails, and drains it on the way out. What the stage does is its function's.
 */
public abstract class StageVerticle extends VerticleBase {
  /**
   * What every Kafka stage is given.
   *
   * @param kafka where the topics are
   * @param deadline for draining when it stops
   * @param recipe what this process's configuration makes records with
   * @param tracing of its batches
   * @param onFailure told once, when the stage cannot go on
   */
  public record Surroundings(
      KafkaSettings kafka,
      Recipe recipe,
      Duration deadline,
      Tracing tracing,
      Consumer<Throwable> onFailure) {}

  private static final Logger LOG = LoggerFactory.getLogger(StageVerticle.class);

  /** Images handled; the stage's function counts them. */
  protected final LongAdder images = new LongAdder();

  /** What the stage's function reads back before it goes on. */
  protected final RestoreMeter restoring = new RestoreMeter();

  private final Stage stage;
  private final StageSettings settings;
  private final Surroundings surroundings;
  private volatile @Nullable TransactionalStage running;
  private volatile String notice = "";
  private @Nullable Heartbeat heartbeat;

  protected StageVerticle(Stage stage, StageSettings settings, Surroundings surroundings) {
    this.stage = stage;
    this.settings = settings;
    this.surroundings = surroundings;
  }

  /** Makes what the stage does; may take a while, runs on a worker. */
  protected abstract StageFunction function() throws Exception;

  /** Gives back what {@link #function} took; runs on a worker, after the stage has stopped. */
  protected abstract void release();

  /** Something people should know of what comes in, one line; empty: nothing. On any thread. */
  protected final void notice(String line) {
    notice = line;
  }

  /** Looks at a picture, and says what is odd about the first ones; on the worker thread. */
  protected final void look(FirstPictures first, int shorterSide, ByteString indexView) {
    if (first.saw(shorterSide, indexView)) {
      String said = first.notice();
      if (!said.isEmpty() && notice.isEmpty()) {
        LOG.warn("{}", said);
      }
      notice(said);
    }
  }

  /** Gives a partition up that this process cannot work on; on any thread. */
  protected final void giveUp(int partition, String reason) {
    TransactionalStage from = running;
    if (from != null) {
      from.giveUp(partition, reason);
    }
  }

  /** Tells everybody that an image is a dead letter; on any thread. */
  protected final void tell(DeadLetter image) {
    byte[] key = image.record().key();
    new DeadLetterEvent(
            key == null ? "" : new String(key, StandardCharsets.UTF_8),
            stage,
            image.errorClass(),
            image.message(),
            image.record().partition(),
            image.record().offset(),
            Instant.now())
        .publish(vertx.eventBus());
  }

  @Override
  public Future<?> start() {
    return vertx.executeBlocking(this::function).compose(this::start);
  }

  private Future<?> start(StageFunction function) {
    TransactionalStage made =
        new TransactionalStage(
            vertx,
            surroundings.kafka(),
            settings,
            surroundings.tracing().around(stage.id(), function));
    running = made;
    made.failure().onFailure(surroundings.onFailure()::accept);
    Controls.hear(
        vertx,
        paused -> {
          if (paused) {
            made.pause();
          } else {
            made.resume();
          }
        });
    Heartbeat beating =
        new Heartbeat(
            vertx,
            stage,
            made,
            images,
            restoring,
            settings.intake().queue().highRecords(),
            () -> notice);
    heartbeat = beating;
    return made.start().onSuccess(started -> beating.start());
  }

  @Override
  public Future<?> stop() {
    TransactionalStage stopping = running;
    if (stopping == null) {
      return Future.succeededFuture();
    }
    return stopping
        .stop(surroundings.deadline())
        .onComplete(stopped -> Objects.requireNonNull(heartbeat).stop())
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      release();
                      return null;
                    }));
  }
}
