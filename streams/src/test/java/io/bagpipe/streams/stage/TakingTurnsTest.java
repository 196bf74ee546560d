package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.testing.ChildProcess;
import io.bagpipe.streams.testing.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stage's two producers: one sends while the other's commit is under way. */
class TakingTurnsTest {
  private static final int RECORDS = 200;

  @RegisterExtension final TestKafka kafka = new TestKafka();

  /** Every batch is a transaction. */
  static StageSettings settings(Topics topics) {
    return new StageSettings(
        topics.images().replace("-images", ""),
        IntakeSettings.of(
            topics.images(), topics.images() + "-g", "one", QueueLimits.of(400, 1 << 20)),
        topics.views(),
        topics.deadLetters(),
        new BatchLimits(5, 1 << 20, Duration.ZERO),
        new StageSettings.TransactionLimits(
            Duration.ofMillis(20), 1, Duration.ofSeconds(20), 1 << 20, "lz4"),
        null);
  }

  private Topics topics() {
    Topics topics = kafka.createTopics(1);
    IntStream.range(0, RECORDS).forEach(i -> kafka.produce(topics.images(), 0, "v" + i));
    kafka.flush();
    return topics;
  }

  private static List<String> values() {
    return IntStream.range(0, RECORDS).mapToObj(i -> "v" + i).toList();
  }

  private TransactionalStage copyAll(Topics topics, TurnsProducer.Pair pair) {
    StageSettings settings = settings(topics);
    TransactionalStage stage =
        new TransactionalStage(
            kafka.vertx(),
            kafka.settings(),
            settings,
            TransactionalStageTest::copy,
            new ProducerPair(kafka.settings(), settings, pair::create));
    TestKafka.await(stage.start());
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() -> assertThat(stage.status().recordsIn()).isEqualTo(RECORDS));
    TestKafka.await(stage.stop(Duration.ofSeconds(10)));
    return stage;
  }

  @Test
  void theNextTransactionIsWrittenWhileACommitIsUnderWayAndOrderIsKept() {
    Topics topics = topics();
    TurnsProducer.Pair pair = new TurnsProducer.Pair(Runnable::run);

    TransactionalStage stage = copyAll(topics, pair);

    assertThat(pair.overlaps.get()).isGreaterThan(10);
    assertThat(pair.outOfOrder).hasValue(0);
    assertThat(stage.status().aborts()).isZero();
    assertThat(kafka.readValues(topics.views(), 0)).isEqualTo(values());
  }

  @Test
  void aCommitThatFailsTakesTheNextTransactionWithIt() {
    Topics topics = topics();
    AtomicInteger failures = new AtomicInteger();
    TurnsProducer.Pair pair =
        new TurnsProducer.Pair(
            commit -> {
              if (failures.getAndIncrement() % 4 == 1) {
                throw new KafkaException("injected: not committed, can be aborted");
              }
              commit.run();
            });

    TransactionalStage stage = copyAll(topics, pair);

    assertThat(stage.status().aborts()).isPositive();
    assertThat(pair.aborts.get()).isEqualTo(2 * (int) stage.status().aborts());
    assertThat(kafka.readValues(topics.views(), 0)).isEqualTo(values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void aProcessKilledWithTwoTransactionsOpenOrBetweenTheirCommitsLosesAndRepeatsNothing(String when)
      throws Exception {
    Topics topics = topics();
    String prefix = topics.images().replace("images", "");
    try (ChildProcess child =
        ChildProcess.start(TurnsChild.class, kafka.settings().bootstrapServers(), prefix, when)) {
      child.awaitLine("DEAD");
      child.kill();
    }

    TransactionalStage stage =
        new TransactionalStage(
            kafka.vertx(), kafka.settings(), settings(topics), TransactionalStageTest::copy);
    TestKafka.await(stage.start());
    // well before the broker gives up what the dead one left open
    await()
        .atMost(Duration.ofSeconds(12))
        .until(
            () ->
                TestKafka.await(kafka.admin().lag(topics.images() + "-g", topics.images()))
                    .equals(Map.of(0, 0L)));
    TestKafka.await(stage.stop(Duration.ofSeconds(5)));

    // four commits of one batch each; between the third and the fourth before the kill
    assertThat(stage.status().recordsIn())
        .isBetween(1L, (long) RECORDS - (when.equals("after") ? 20 : 15));
    assertThat(kafka.readValues(topics.views(), 0)).isEqualTo(values());
  }
}
