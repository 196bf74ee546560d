package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.Topics;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;

/** A slow copying stage in a process of its own, to be killed. */
public final class StageChild {
  private StageChild() {}

  static StageSettings settings(Topics topics) {
    return new StageSettings(
        "copy",
        IntakeSettings.of(
            topics.images(), topics.images() + "-g", "one", QueueLimits.of(40, 1 << 20)),
        topics.views(),
        topics.deadLetters(),
        Set.of(),
        new BatchLimits(5, 1 << 20, Duration.ZERO),
        StageSettings.TransactionLimits.defaults(),
        null);
  }

  public static void main(String[] arguments) throws Exception {
    TransactionalStage stage =
        new TransactionalStage(
            Vertx.vertx(),
            KafkaSettings.of(arguments[0]),
            settings(Topics.withPrefix(arguments[1])),
            batch -> {
              Thread.sleep(20);
              return StageFixture.copy(batch);
            });
    stage.start();
    while (stage.status().recordsIn() < 20) {
      Thread.sleep(5);
    }
    System.out.println("WORKING");
    Thread.currentThread().join();
  }
}
