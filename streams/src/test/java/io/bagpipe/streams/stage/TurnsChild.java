package io.bagpipe.streams.stage;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.Topics;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A copying stage in a process of its own that dies in its fourth commit during which the other
 * producer has written: before the commit, or right after it, that is, between two commits.
 */
public final class TurnsChild {
  private TurnsChild() {}

  public static void main(String[] arguments) throws Exception {
    boolean commits = arguments[2].equals("after");
    AtomicInteger left = new AtomicInteger(4);
    TurnsProducer.Pair pair =
        new TurnsProducer.Pair(
            commit -> {
              boolean last = left.decrementAndGet() == 0;
              if (!last || commits) {
                commit.run();
              }
              if (last) {
                System.out.println("DEAD");
                System.out.flush();
                Runtime.getRuntime().halt(9);
              }
            });
    KafkaSettings kafka = KafkaSettings.of(arguments[0]);
    StageSettings settings = TakingTurnsTest.settings(Topics.withPrefix(arguments[1]));
    new TransactionalStage(
            Vertx.vertx(),
            kafka,
            settings,
            TransactionalStageTest::copy,
            new ProducerPair(kafka, settings, pair::create))
        .start();
    Thread.currentThread().join();
  }
}
