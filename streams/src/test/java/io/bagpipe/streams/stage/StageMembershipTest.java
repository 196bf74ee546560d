package io.bagpipe.streams.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.testing.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;

/** Who has which partitions, and for how long. */
class StageMembershipTest extends StageFixture {
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
  void aPartitionThatIsAddedWaitsForItsOutputAndNobodyWaitsForIt() throws Exception {
    Topics topics = kafka.createTopics(1);
    produce(0, 0, 10);
    TransactionalStage stage =
        start("one", StageFixture::copy, Map.of("metadata.max.age.ms", "300"), null);
    awaitIn(stage, 10);
    try (Admin admin = Admin.create(kafka.settings().admin())) {
      admin.createPartitions(Map.of(topics.images(), NewPartitions.increaseTo(2))).all().get();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(stage.status().fault())
                    .contains(topics.views() + " has 1 partitions and " + topics.images()));
    produce(1, 0, 5);
    produce(0, 10, 30);
    awaitIn(stage, 30);
    assertThat(stage.status().aborts()).isZero();

    TestKafka.await(kafka.admin().grow(topics));
    awaitIn(stage, 35);
    awaitViews(1, values(0, 5));
    awaitViews(0, values(0, 30));
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
    TransactionalStage old = start(StageFixture::copy);
    awaitIn(old, 50);

    TransactionalStage young = start(StageFixture::copy);
    produce(0, 50, 100);
    awaitIn(young, 50);
    await().atMost(Duration.ofSeconds(15)).until(() -> old.failure().isComplete());

    assertThat(old.status().state()).isEqualTo(StageState.FAILED);
    assertThat(young.status().state()).isEqualTo(StageState.RUNNING);
    awaitViews(0, values(0, 100));
  }

  @Test
  void pausingStopsWorkAndKeepsTheMembership() {
    kafka.createTopics(1);
    TransactionalStage stage = start(StageFixture::copy);
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
