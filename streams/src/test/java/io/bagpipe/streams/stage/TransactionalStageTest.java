package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TransactionalStageTest {
  @RegisterExtension final TestKafka kafka = new TestKafka();

  private final List<TransactionalStage> stages = new ArrayList<>();

  @AfterEach
  void stopStages() {
    stages.forEach(s -> TestKafka.await(s.stop(Duration.ofSeconds(5))));
  }

  private StageSettings settings(String instance, LagGate.Settings gate) {
    Topics topics = kafka.topics();
    return new StageSettings(
        topics.images().replace("-images", ""),
        IntakeSettings.of(
            topics.images(), topics.images() + "-g", instance, QueueLimits.of(40, 1 << 20)),
        topics.views(),
        topics.deadLetters(),
        new BatchLimits(7, 1 << 20, Duration.ofMillis(5)),
        new StageSettings.TransactionLimits(
            Duration.ofMillis(20), 1 << 20, Duration.ofSeconds(10), 1 << 20, "lz4"),
        gate);
  }

  private TransactionalStage start(StageFunction function) {
    return start("one", function, Map.of(), null);
  }

  private TransactionalStage start(
      String instance,
      StageFunction function,
      Map<String, String> properties,
      LagGate.Settings gate) {
    TransactionalStage stage =
        new TransactionalStage(
            kafka.vertx(), kafka.settings(properties), settings(instance, gate), function);
    stages.add(stage);
    TestKafka.await(stage.start());
    return stage;
  }

  static StageOutput copy(List<InputRecord> batch) {
    return StageOutput.of(batch.stream().map(r -> OutputRecord.of(r.key(), r.value())).toList());
  }

  private static String text(InputRecord record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  private void produce(int partition, int from, int to) {
    IntStream.range(from, to)
        .forEach(i -> kafka.produce(kafka.topics().images(), partition, "v" + i));
    kafka.flush();
  }

  private static List<String> values(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
  }

  private void awaitIn(TransactionalStage stage, long records) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(stage.status().recordsIn()).isEqualTo(records));
  }

  /** A commit is known a moment before its markers show its records to readers. */
  private void awaitViews(int partition, List<String> expected) {
    await()
        .untilAsserted(
            () ->
                assertThat(kafka.readValues(kafka.topics().views(), partition))
                    .isEqualTo(expected));
  }

  @Test
  void everyRecordComesOutOnceInOrderInItsPartition() {
    kafka.createTopics(2);
    produce(0, 0, 100);
    produce(1, 100, 150);

    TransactionalStage stage = start(TransactionalStageTest::copy);
    awaitIn(stage, 150);

    awaitViews(0, values(0, 100));
    awaitViews(1, values(100, 150));
    assertThat(stage.status().recordsOut()).isEqualTo(150);
    assertThat(stage.status().transactions()).isPositive();
  }

  @Test
  void anIdleGroupsLagIsZeroDespiteTransactionMarkers() {
    Topics topics = kafka.createTopics(1);
    produce(0, 0, 20);
    TransactionalStage first = start(TransactionalStageTest::copy);
    awaitIn(first, 20);
    TransactionalStage second =
        new TransactionalStage(
            kafka.vertx(),
            kafka.settings(),
            new StageSettings(
                topics.views(),
                IntakeSettings.of(
                    topics.views(), topics.views() + "-g", "one", QueueLimits.of(40, 1 << 20)),
                topics.embeddings(),
                topics.deadLetters(),
                BatchLimits.single(),
                StageSettings.TransactionLimits.defaults(),
                null),
            TransactionalStageTest::copy);
    stages.add(second);
    TestKafka.await(second.start());
    awaitIn(second, 20);

    await()
        .untilAsserted(
            () ->
                assertThat(
                        TestKafka.await(kafka.admin().lag(topics.views() + "-g", topics.views())))
                    .containsExactlyEntriesOf(Map.of(0, 0L)));
  }

  @Test
  void deadLettersGoUnchangedWithHeadersAndTheStreamGoesOn() {
    Topics topics = kafka.createTopics(1);
    produce(0, 0, 10);

    TransactionalStage stage =
        start(
            batch -> {
              List<OutputRecord> good = new ArrayList<>();
              List<DeadLetter> bad = new ArrayList<>();
              for (InputRecord record : batch) {
                if (text(record).equals("v4")) {
                  bad.add(DeadLetter.of(record, "augment", new IllegalStateException("no image")));
                } else {
                  good.add(OutputRecord.of(record.key(), record.value()));
                }
              }
              return new StageOutput(good, bad);
            });
    awaitIn(stage, 10);

    List<String> good = new ArrayList<>(values(0, 10));
    good.remove("v4");
    awaitViews(0, good);
    await().until(() -> !kafka.read(topics.deadLetters(), 0).isEmpty());
    InputRecord dead = kafka.read(topics.deadLetters(), 0).get(0);
    assertThat(text(dead)).isEqualTo("v4");
    assertThat(dead.key()).isEqualTo("v4".getBytes(StandardCharsets.UTF_8));
    assertThat(dead.headers())
        .hasEntrySatisfying(
            "bagpipe-topic", v -> assertThat(v).asString().isEqualTo(topics.images()))
        .hasEntrySatisfying("bagpipe-partition", v -> assertThat(v).asString().isEqualTo("0"))
        .hasEntrySatisfying("bagpipe-offset", v -> assertThat(v).asString().isEqualTo("4"))
        .hasEntrySatisfying("bagpipe-stage", v -> assertThat(v).asString().isEqualTo("augment"))
        .hasEntrySatisfying(
            "bagpipe-error-class",
            v -> assertThat(v).asString().isEqualTo("java.lang.IllegalStateException"))
        .hasEntrySatisfying("bagpipe-message", v -> assertThat(v).asString().isEqualTo("no image"));
    assertThat(stage.status().deadLetters()).isEqualTo(1);
  }

  @Test
  void aFunctionSlowerThanThePollIntervalKeepsItsPartitions() throws Exception {
    kafka.createTopics(1);
    produce(0, 0, 30);
    CountDownLatch longerThanThePollInterval = new CountDownLatch(1);
    AtomicInteger revoked = new AtomicInteger();
    AtomicInteger calls = new AtomicInteger();
    TransactionalStage stage =
        start(
            "one",
            new StageFunction() {
              @Override
              public StageOutput apply(List<InputRecord> batch) throws Exception {
                if (calls.getAndIncrement() == 0) {
                  longerThanThePollInterval.await();
                }
                return copy(batch);
              }

              @Override
              public void revoked(int partition) {
                revoked.incrementAndGet();
              }
            },
            Map.of("max.poll.interval.ms", "1500", "session.timeout.ms", "6000"),
            null);
    await().until(() -> calls.get() == 1);

    long start = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> System.nanoTime() - start > Duration.ofMillis(3500).toNanos());
    assertThat(revoked).hasValue(0);
    longerThanThePollInterval.countDown();
    awaitIn(stage, 30);

    assertThat(revoked).hasValue(0);
    assertThat(stage.status().aborts()).isZero();
    awaitViews(0, values(0, 30));
  }

  @Test
  void aFunctionThatThrowsStopsTheStageAndCommitsNothingOfTheBatch() {
    kafka.createTopics(1);
    produce(0, 0, 20);
    TransactionalStage stage =
        start(
            batch -> {
              if (batch.stream().anyMatch(r -> text(r).equals("v10"))) {
                throw new IllegalStateException("loss is NaN");
              }
              return copy(batch);
            });

    await().until(() -> stage.failure().isComplete());

    assertThat(stage.failure().cause()).hasMessage("loss is NaN");
    assertThat(stage.status().state()).isEqualTo(StageState.FAILED);
    assertThat(kafka.readValues(kafka.topics().views(), 0)).doesNotContain("v10");

    TransactionalStage next = start(TransactionalStageTest::copy);
    awaitIn(next, 20 - stage.status().recordsIn());
    awaitViews(0, values(0, 20));
  }

  @Test
  void aSecondInstanceTakesOverAndNothingIsLostOrDoneTwice() {
    kafka.createTopics(4);
    IntStream.range(0, 4).forEach(p -> produce(p, 0, 300));
    ConcurrentLinkedQueue<Integer> revoked = new ConcurrentLinkedQueue<>();
    StageFunction slow =
        new StageFunction() {
          @Override
          public StageOutput apply(List<InputRecord> batch) throws Exception {
            Thread.sleep(25);
            return copy(batch);
          }

          @Override
          public void revoked(int partition) {
            revoked.add(partition);
          }
        };
    TransactionalStage one = start("one", slow, Map.of(), null);
    await().until(() -> one.status().recordsIn() > 0);

    TransactionalStage two = start("two", slow, Map.of(), null);
    await().atMost(Duration.ofSeconds(20)).until(() -> two.status().recordsIn() > 0);
    assertThat(revoked).hasSize(2);
    TestKafka.await(one.stop(Duration.ofSeconds(5)));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> one.status().recordsIn() + two.status().recordsIn() >= 1200);
    for (int p = 0; p < 4; p++) {
      awaitViews(p, values(0, 300));
    }
    assertThat(one.status().recordsIn() + two.status().recordsIn()).isEqualTo(1200);
  }

  @Test
  void aNewerProcessOfTheSameNameDrivesTheOlderOneOut() {
    kafka.createTopics(1);
    produce(0, 0, 50);
    TransactionalStage old = start(TransactionalStageTest::copy);
    awaitIn(old, 50);

    TransactionalStage young = start(TransactionalStageTest::copy);
    produce(0, 50, 100);
    awaitIn(young, 50);
    await().atMost(Duration.ofSeconds(15)).until(() -> old.failure().isComplete());

    assertThat(old.status().state()).isEqualTo(StageState.FAILED);
    assertThat(young.status().state()).isEqualTo(StageState.RUNNING);
    awaitViews(0, values(0, 100));
  }

  @Test
  void theGateHoldsTheLagBelowItsHighMarkAndOpensWhenItDrains() {
    Topics topics = kafka.createTopics(1);
    produce(0, 0, 200);
    // no linger, single records: transaction markers would double a lag counted in offsets
    String downstream = topics.views() + "-g";
    TransactionalStage stage =
        start(
            "one",
            TransactionalStageTest::copy,
            Map.of(),
            new LagGate.Settings(downstream, 10, 30, 1 << 20, 2 << 20, Duration.ofMillis(20)));

    await().until(() -> !stage.status().gate().open());
    await().until(() -> stage.status().recordsOut() >= 30);
    assertThat(stage.status().gate().lagRecords()).isBetween(30L, 36L);
    assertThat(stage.status().recordsOut()).isLessThanOrEqualTo(36);

    StageSettings reading =
        new StageSettings(
            downstream,
            IntakeSettings.of(topics.views(), downstream, "one", QueueLimits.of(20, 1 << 20)),
            null,
            topics.deadLetters(),
            BatchLimits.single(),
            StageSettings.TransactionLimits.defaults(),
            null);
    ConcurrentLinkedQueue<String> read = new ConcurrentLinkedQueue<>();
    AtomicInteger mostLag = new AtomicInteger();
    TransactionalStage reader =
        new TransactionalStage(
            kafka.vertx(),
            kafka.settings(),
            reading,
            batch -> {
              batch.forEach(r -> read.add(text(r)));
              mostLag.accumulateAndGet((int) stage.status().gate().lagRecords(), Math::max);
              return StageOutput.NOTHING;
            });
    stages.add(reader);
    TestKafka.await(reader.start());
    awaitIn(reader, 200);

    assertThat(read).containsExactlyElementsOf(values(0, 200));
    assertThat(mostLag.get()).isLessThanOrEqualTo(36);
    await().until(() -> stage.status().gate().lagRecords() == 0);
  }

  @Test
  void pausingStopsWorkAndKeepsTheMembership() {
    kafka.createTopics(1);
    TransactionalStage stage = start(TransactionalStageTest::copy);
    await().until(() -> stage.status().intake().partitions().contains(0));
    stage.pause();
    produce(0, 0, 10);
    assertThat(stage.status().intake().paused()).isTrue();
    await()
        .during(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(2))
        .until(() -> stage.status().recordsIn() == 0);

    stage.resume();
    awaitIn(stage, 10);
  }
}
