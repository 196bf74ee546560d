package io.bagpipe.streams.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.testing.ChildProcess;
import io.bagpipe.streams.testing.TestKafka;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeaseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final TestKafka kafka = new TestKafka();

  private final List<Lease> leases = new ArrayList<>();

  /** Ten times as fast as the service's, but for the patience, which other builds would try. */
  static LeaseSettings settings(String topic, Holder me) {
    return settings(topic, me, Duration.ofSeconds(3));
  }

  private static LeaseSettings settings(String topic, Holder me, Duration patience) {
    return new LeaseSettings(
        topic + "-lease",
        "the student of " + topic,
        me,
        new TopicPartition(topic, 0),
        Duration.ofMillis(100),
        Duration.ofMillis(1_500),
        patience);
  }

  private String topic() {
    return kafka.topics().students();
  }

  private Lease start(String id) {
    return start(settings(topic(), Holder.here(id, "place of " + id)));
  }

  private Lease start(LeaseSettings settings) {
    Lease lease = new Lease(kafka.settings(), settings);
    leases.add(lease);
    lease.start();
    return lease;
  }

  @AfterEach
  void close() {
    leases.forEach(lease -> TestKafka.await(lease.close()));
  }

  private Future<Void> publish(Lease lease, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return lease.publish(List.of(new ProducerRecord<>(topic(), bytes, bytes)), "note of " + value);
  }

  @Test
  void theFirstOneHoldsAndTheSecondStandsByAndSaysWhoHolds() {
    kafka.createTopics(1);
    Lease first = start("first");
    assertThat(TestKafka.await(first.taken())).isEqualTo(new Lease.Taken(""));
    assertThat(first.mayAct()).isTrue();

    Lease second = start("second");

    assertThat(TestKafka.await(second.standingBy()))
        .startsWith("the student of " + topic() + " is led by process ")
        .contains("(place of first)");
    await().during(Duration.ofSeconds(4)).atMost(PATIENCE).until(() -> !second.mayAct());
    assertThat(first.mayAct()).as("beating all the time").isTrue();
  }

  @Test
  void oneThatIsClosedLeavesItsNoteAndIsFollowedAtOnce() {
    kafka.createTopics(1);
    Lease first = start("first");
    TestKafka.await(first.taken());
    Lease second =
        start(settings(topic(), Holder.here("second", "elsewhere"), PATIENCE.multipliedBy(2)));
    TestKafka.await(second.standingBy());
    TestKafka.await(publish(first, "a student"));

    TestKafka.await(first.close());

    assertThat(TestKafka.await(second.taken())).isEqualTo(new Lease.Taken("note of a student"));
    assertThat(kafka.readValues(topic(), 0)).containsExactly("a student");
    assertThat(first.mayAct()).isFalse();
  }

  @Test
  void aNewStartInTheSamePlaceFencesItsFormerSelfAtOnce() {
    kafka.createTopics(1);
    Lease first = start("one");
    TestKafka.await(first.taken());

    Lease again = start("one");
    TestKafka.await(again.taken());

    await().atMost(PATIENCE).until(() -> first.failure().failed());
    assertThatThrownBy(first::mayAct)
        .isInstanceOf(LeaseLostException.class)
        .hasMessageContaining("is led by process")
        .hasMessageContaining("this process was fenced");
    assertThat(again.mayAct()).isTrue();
    publish(first, "too late");
    TestKafka.await(publish(again, "in time"));
    assertThat(kafka.readValues(topic(), 0)).containsExactly("in time");
  }

  private ProducerRecord<byte[], byte[]> record(String key, String value) {
    return new ProducerRecord<>(
        topic(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void recordsGoOutTogetherAndOfAKeyThatWaitsTheLaterOneWithTheNoteThatWasLeft() {
    kafka.createTopics(1);
    Lease first = new Lease(kafka.settings(), settings(topic(), Holder.here("first", "here")));
    leases.add(first);
    // before it holds: all of this waits for one and the same transaction
    List<Future<Void>> published =
        List.of(
            first.publish(List.of(record("a", "a1"), record("b", "b1")), "the note"),
            first.publish(List.of(record("a", "a2"), record("c", "c1"))));
    first.start();
    published.forEach(TestKafka::await);
    assertThat(kafka.readValues(topic(), 0)).containsExactlyInAnyOrder("b1", "a2", "c1");

    Lease again = start("first");

    assertThat(TestKafka.await(again.taken())).isEqualTo(new Lease.Taken("the note"));
    await().atMost(PATIENCE).until(() -> first.failure().failed());
    List<ProducerRecord<byte[], byte[]>> late = List.of(record("a", "late"), record("b", "late"));
    Future<Void> refused = first.publish(late);
    TestKafka.await(again.publish(List.of(record("b", "b2"))));
    assertThat(refused.failed()).isTrue();
    assertThat(kafka.readValues(topic(), 0)).doesNotContain("late").endsWith("b2");
  }

  @Test
  void ofManyThatComeAtOnceOneHolds() {
    kafka.createTopics(1);
    List<Lease> many = IntStream.range(0, 5).mapToObj(i -> start("c" + i)).toList();

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                many.stream().filter(Lease::mayAct).count() == 1
                    && many.stream().filter(l -> l.standingBy().isComplete()).count() >= 4);

    await()
        .during(Duration.ofSeconds(2))
        .atMost(PATIENCE)
        .until(() -> many.stream().filter(Lease::mayAct).count() <= 1);
    assertThat(many).noneMatch(lease -> lease.failure().failed());
  }

  @Test
  void aKilledHolderIsFollowedWhenItHasBeenSilentLongEnough() throws Exception {
    kafka.createTopics(1);
    try (ChildProcess child =
        ChildProcess.start(
            LeaseChild.class, kafka.settings().bootstrapServers(), topic(), "child")) {
      child.awaitLine("taken");
      Lease next = start("next");
      TestKafka.await(next.standingBy());

      child.kill();
      long killed = System.nanoTime();

      TestKafka.await(next.taken());
      assertThat(Duration.ofNanos(System.nanoTime() - killed))
          .isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(20));
    }
  }

  @Test
  void oneThatWasStoppedAndWakesIsFencedBeforeItDoesAnythingAndSaysByWhom() throws Exception {
    kafka.createTopics(1);
    try (ChildProcess child =
        ChildProcess.start(
            LeaseChild.class, kafka.settings().bootstrapServers(), topic(), "child")) {
      child.awaitLine("taken");
      Lease next = start("next");
      TestKafka.await(next.standingBy());
      await().atMost(PATIENCE).until(() -> kafka.readValues(topic(), 0).size() > 2);

      signal("-STOP", child.pid());
      TestKafka.await(next.taken());
      TestKafka.await(publish(next, "mine"));
      signal("-CONT", child.pid());

      assertThat(child.awaitLine("lost"))
          .contains("is led by process " + ProcessHandle.current().pid())
          .contains("(place of next)");
      assertThat(next.await(PATIENCE)).isTrue();
      List<String> values = kafka.readValues(topic(), 0);
      assertThat(values.indexOf("mine")).as("%s", values).isEqualTo(values.size() - 1);
    }
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", name, Long.toString(pid)).start();
    assertThat(kill.waitFor()).as("kill %s", name).isZero();
  }
}
