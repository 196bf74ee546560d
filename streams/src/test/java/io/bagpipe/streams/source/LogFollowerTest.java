package io.bagpipe.streams.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LogFollowerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension final TestKafka kafka = new TestKafka();

  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Keeps what it hears. */
  private static final class Ear implements LogFollower.Handler {
    final List<String> heard = new CopyOnWriteArrayList<>();
    volatile boolean lost;

    @Override
    public void handle(InputRecord record) {
      String value = new String(record.value(), StandardCharsets.UTF_8);
      if (value.equals("explode")) {
        throw new IllegalStateException("as told");
      }
      heard.add(value);
    }

    @Override
    public void lost() {
      lost = true;
    }
  }

  private void produce(int partition, int from, int to) {
    IntStream.range(from, to)
        .forEach(i -> kafka.produce(kafka.topics().embeddings(), partition, "v" + i));
    kafka.flush();
  }

  private static List<String> values(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
  }

  private LogFollower follower() {
    return new LogFollower(kafka.settings(), kafka.topics().embeddings(), failure::set);
  }

  @Test
  void itHearsEachPartitionFromWhereItWasAskedToAsTheLogGrows() {
    kafka.createTopics(3);
    produce(0, 0, 20);
    produce(1, 100, 120);
    Ear zero = new Ear();
    Ear one = new Ear();
    try (LogFollower follower = follower()) {
      follower.follow(0, 15, zero);
      await().atMost(PATIENCE).until(() -> zero.heard.size() == 5);
      follower.follow(1, 0, one);
      produce(0, 20, 30);
      await().atMost(PATIENCE).until(() -> one.heard.size() == 20 && zero.heard.size() == 15);
      follower.forget(0);
      produce(0, 30, 40);
      produce(1, 120, 130);
      await().atMost(PATIENCE).until(() -> one.heard.size() == 30);
      Ear again = new Ear();
      follower.follow(0, 25, again);
      await().atMost(PATIENCE).until(() -> again.heard.size() == 15);
      assertThat(again.heard).isEqualTo(values(25, 40));
    }
    assertThat(zero.heard).as("forgotten before 30").isEqualTo(values(15, 30));
    assertThat(one.heard).isEqualTo(values(100, 130));
    assertThat(failure.get()).isNull();
  }

  @Test
  void itSaysWhenTheLogWasTrimmedBeyondIt() {
    kafka.createTopics(2);
    produce(0, 0, 20);
    produce(1, 0, 5);
    TestKafka.await(kafka.admin().trim(kafka.topics().embeddings(), 0, 10));
    Ear trimmed = new Ear();
    Ear other = new Ear();
    try (LogFollower follower = follower()) {
      follower.follow(0, 3, trimmed);
      follower.follow(1, 0, other);
      await().atMost(PATIENCE).until(() -> trimmed.lost && other.heard.size() == 5);
      Ear again = new Ear();
      follower.follow(0, 10, again);
      await().atMost(PATIENCE).until(() -> again.heard.size() == 10);
    }
    assertThat(trimmed.heard).isEmpty();
    assertThat(other.lost).isFalse();
  }

  @Test
  void aHandlerThatThrowsEndsIt() {
    kafka.createTopics(1);
    kafka.produce(kafka.topics().embeddings(), 0, "explode");
    kafka.flush();
    try (LogFollower follower = follower()) {
      follower.follow(0, 0, new Ear());
      await().atMost(PATIENCE).until(() -> failure.get() != null);
    }
    assertThat(failure.get()).hasMessage("as told");
  }

  @Test
  void abortedRecordsWereNeverHeld() {
    kafka.createTopics(2);
    String topic = kafka.topics().bags();
    try (LogReader reader = new LogReader(kafka.settings());
        var producer =
            new KafkaProducer<byte[], byte[]>(
                kafka.settings().producer(Map.of(), Map.of("transactional.id", topic)))) {
      assertThat(reader.hasEverHeldAny(topic, 0)).isFalse();
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, null, new byte[3]));
      producer.flush();
      producer.abortTransaction();
      assertThat(reader.hasEverHeldAny(topic, 0)).as("aborted").isFalse();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, null, new byte[3]));
      producer.commitTransaction();
      assertThat(reader.hasEverHeldAny(topic, 0)).as("committed").isTrue();
      TestKafka.await(kafka.admin().trim(topic, 0, reader.end(topic, 0)));
      assertThat(reader.hasEverHeldAny(topic, 0)).as("committed and deleted").isTrue();
      assertThat(reader.hasEverHeldAny(topic, 1)).isFalse();
    }
  }
}
