package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.GapException;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.record.StateRecord;
import io.bagpipe.streams.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class TransactionalStageTest extends StageFixture {
  @Test
  void everyRecordComesOutOnceInOrderInItsPartition() {
    kafka.createTopics(2);
    produce(0, 0, 100);
    produce(1, 100, 150);

    TransactionalStage stage = start(StageFixture::copy);
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
    TransactionalStage first = start(StageFixture::copy);
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
                Set.of(),
                BatchLimits.single(),
                StageSettings.TransactionLimits.defaults(),
                null),
            StageFixture::copy);
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
  void whatAStageKeepsIsCommittedWithWhatCameOfIt() {
    Topics topics = kafka.createTopics(2);
    produce(1, 0, 10);
    TransactionalStage stage =
        start(
            batch ->
                new StageOutput(
                    StageFixture.copy(batch).records(),
                    List.of(),
                    batch.stream().map(r -> kept(topics.memory(), text(r))).toList()));
    awaitIn(stage, 10);

    await().untilAsserted(() -> assertThat(kafka.read(topics.memory(), 1)).hasSize(10));
    assertThat(kafka.read(topics.memory(), 0)).isEmpty();
    assertThat(kafka.read(topics.memory(), 1))
        .extracting(r -> new String(r.key(), StandardCharsets.UTF_8) + (r.value() == null))
        .containsExactlyElementsOf(values(0, 10).stream().map(v -> v + v.equals("v3")).toList());
  }

  /** All but the one that is taken back. */
  private static StateRecord kept(String topic, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new StateRecord(topic, bytes, text.equals("v3") ? null : bytes);
  }

  private static StageOutput bury(List<InputRecord> batch) {
    return new StageOutput(
        List.of(),
        batch.stream()
            .map(r -> DeadLetter.of(r, "augment", new IllegalStateException("no image")))
            .toList());
  }

  @Test
  void aDeadLetterThatIsTooLargeIsNamedAndStaysWhereItIs() {
    Topics topics = kafka.createTopics(1);
    // a compressed batch may hold more than a topic takes of records that are not
    byte[] large = new byte[(1 << 20) + TopicSettings.OVERHEAD_BYTES];
    kafka.produce(topics.images(), 0, "large", large);
    kafka.produce(topics.images(), 0, "just-fits", new byte[1 << 20]);
    kafka.flush();

    TransactionalStage stage = start(TransactionalStageTest::bury);
    awaitIn(stage, 2);

    await().until(() -> kafka.read(topics.deadLetters(), 0).size() == 2);
    InputRecord dead = kafka.read(topics.deadLetters(), 0).get(0);
    assertThat(dead.value()).isNull();
    assertThat(dead.key()).isEqualTo("large".getBytes(StandardCharsets.UTF_8));
    assertThat(dead.headers())
        .hasEntrySatisfying(
            "bagpipe-omitted-bytes",
            v -> assertThat(v).asString().isEqualTo(Integer.toString(large.length + 5)))
        .hasEntrySatisfying("bagpipe-offset", v -> assertThat(v).asString().isEqualTo("0"))
        .hasEntrySatisfying("bagpipe-message", v -> assertThat(v).asString().isEqualTo("no image"));
    InputRecord whole = kafka.read(topics.deadLetters(), 0).get(1);
    assertThat(whole.value()).hasSize(1 << 20);
    assertThat(whole.headers()).doesNotContainKey("bagpipe-omitted-bytes");
  }

  @Test
  void aDeadLetterFromTheFutureIsWrittenWithItsTimestampInAHeader() {
    Topics topics = kafka.createTopics(1);
    produce(0, 0, 1);
    long tomorrow = System.currentTimeMillis() + Duration.ofDays(1).toMillis();

    TransactionalStage stage =
        start(batch -> bury(batch.stream().map(r -> at(r, tomorrow)).toList()));
    awaitIn(stage, 1);

    await().until(() -> kafka.read(topics.deadLetters(), 0).size() == 1);
    InputRecord dead = kafka.read(topics.deadLetters(), 0).get(0);
    assertThat(dead.timestampMillis()).isLessThan(tomorrow);
    assertThat(dead.headers())
        .hasEntrySatisfying(
            "bagpipe-timestamp", v -> assertThat(v).asString().isEqualTo("" + tomorrow));
    assertThat(text(dead)).isEqualTo("v0");
  }

  private static InputRecord at(InputRecord record, long timestamp) {
    return new InputRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        record.value(),
        record.headers(),
        timestamp);
  }

  @Test
  void offsetsThatExpiredAreAGapAndNotABeginning() throws Exception {
    Topics topics = kafka.createTopics(1);
    produce(0, 0, 20);
    TransactionalStage first = start(StageFixture::copy);
    awaitIn(first, 20);
    TestKafka.await(first.stop(Duration.ofSeconds(5)));
    try (Admin admin = Admin.create(kafka.settings().admin())) {
      admin.deleteConsumerGroups(List.of(topics.images() + "-g")).all().get();
    }

    TransactionalStage second = start(StageFixture::copy);
    await().until(() -> second.failure().isComplete());

    assertThat(second.failure().cause())
        .isInstanceOf(GapException.class)
        .hasMessageContaining("has no offset in it, though topic " + topics.views());
    awaitViews(0, values(0, 20));
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

    TransactionalStage next = start(StageFixture::copy);
    awaitIn(next, 20 - stage.status().recordsIn());
    awaitViews(0, values(0, 20));
  }

  @Test
  void aPassingFaultOfTheBrokerInTheFunctionIsWaitedOutAndSaid() {
    kafka.createTopics(1);
    produce(0, 0, 20);
    AtomicBoolean away = new AtomicBoolean(true);
    TransactionalStage stage =
        start(
            batch -> {
              if (away.get() && batch.stream().anyMatch(r -> text(r).equals("v10"))) {
                throw new TimeoutException("no leader just now");
              }
              return copy(batch);
            });
    await().until(() -> stage.status().state() == StageState.BACKING_OFF);
    assertThat(stage.status().fault()).contains("partition 0: ").contains("no leader just now");
    away.set(false);
    awaitIn(stage, 20);

    awaitViews(0, values(0, 20));
    await().until(() -> stage.status().state() == StageState.RUNNING);
    assertThat(stage.status().fault()).isNull();
  }

  @Test
  void aBatchThatIsTakenInPartsIsCommittedWholeAndInOrder() {
    kafka.createTopics(1);
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    produce(0, 0, 20);
    TransactionalStage stage =
        start(
            batch -> {
              int taken = Math.min(3, batch.size());
              sizes.add(batch.size());
              StageOutput part = copy(batch.subList(0, taken));
              return new StageOutput(part.records(), List.of(), List.of(), taken);
            });
    awaitIn(stage, 20);

    awaitViews(0, values(0, 20));
    assertThat(sizes).as("parts").anyMatch(size -> size > 3);
    assertThat(stage.status().recordsIn()).isEqualTo(20);
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
            StageFixture::copy,
            Map.of(),
            new LagGate.Settings(
                downstream, 10, 30, 1 << 20, 2 << 20, Duration.ofMillis(20), Duration.ZERO));

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
            Set.of(),
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
}
