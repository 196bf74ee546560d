package io.bagpipe.verticles.demo;

import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.bagpipe.verticles.student.StudentRequests;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows a running service by what it tells everybody. Thread-safe. */
public final class DemoWatch {
  /**
   * An evaluation at the size of ImageNet may take hours; whoever waits looks after the service.
   */
  private static final long REPLY_MILLIS = Duration.ofDays(7).toMillis();

  private final Vertx vertx;
  private final Curves curves = new Curves();
  private final Map<Stage, StageEvent> stages = new ConcurrentHashMap<>();
  private volatile @Nullable StepEvent step;

  /**
   * @param onEvent told of every event, on an event loop
   */
  DemoWatch(Vertx vertx, Consumer<OpsEvent> onEvent) {
    this.vertx = vertx;
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            Addresses.EVENTS,
            message -> {
              OpsEvent event = OpsEvent.fromJson(message.body());
              take(event);
              onEvent.accept(event);
            });
  }

  private void take(OpsEvent event) {
    curves.add(event);
    if (event instanceof StepEvent trained) {
      step = trained;
    } else if (event instanceof StageEvent beat) {
      stages.put(beat.stage(), beat);
    }
  }

  public Curves curves() {
    return curves;
  }

  public @Nullable StepEvent step() {
    return step;
  }

  public @Nullable StageEvent stage(Stage stage) {
    return stages.get(stage);
  }

  /** Images so far that could not be read, or that the teacher refused. */
  public long deadLetters() {
    return deadLetters(Stage.AUGMENT) + deadLetters(Stage.TEACHER);
  }

  private long deadLetters(Stage stage) {
    StageEvent event = stages.get(stage);
    return event == null ? 0 : event.flow().deadLetters();
  }

  /** Asks the student; completes on an event loop. */
  CompletableFuture<JsonObject> ask(String address) {
    return vertx
        .eventBus()
        .<JsonObject>request(
            address, new JsonObject(), new DeliveryOptions().setSendTimeout(REPLY_MILLIS))
        .map(reply -> reply.body())
        .toCompletionStage()
        .toCompletableFuture();
  }

  /** {@code {anchors, pending}}. */
  CompletableFuture<JsonObject> progress() {
    return ask(StudentRequests.PROGRESS);
  }
}
