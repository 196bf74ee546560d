package io.bagpipe.verticles.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.vertx.core.Vertx;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoWatchTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void whatEitherStageRefusedIsNotWaitedFor() {
    DemoWatch watch = new DemoWatch(vertx, event -> {});
    assertThat(watch.deadLetters()).isZero();

    beat(Stage.AUGMENT, 2);
    beat(Stage.TEACHER, 3);
    beat(Stage.TEACHER, 4);

    await().until(() -> watch.deadLetters() == 6);
  }

  private void beat(Stage stage, long deadLetters) {
    new StageEvent(
            stage,
            new StageEvent.Flow(64, 64 - deadLetters, deadLetters, 1),
            0.5,
            new StageEvent.Queue(0, 64),
            Gate.OPEN,
            -1,
            StageState.RUNNING,
            new StageEvent.Said("", Instant.EPOCH))
        .publish(vertx.eventBus());
  }
}
