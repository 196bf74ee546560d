package io.bagpipe.verticles.cli.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.streams.record.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private static final TopicPartition PARTITION = new TopicPartition("dlq", 0);

  @Test
  void readsFromTheBeginningToWhereItEndsNow() {
    MockConsumer<byte[], byte[]> consumer = consumer(3);
    consumer.schedulePollTask(
        () -> {
          consumer.addRecord(record(0, "a.png", "io.x.BadImage", "broken"));
          consumer.addRecord(record(2, "b.png", "", ""));
          consumer.addRecord(record(3, "later.png", "io.x.BadImage", "came since"));
        });
    List<DeadLetters.Letter> found = new ArrayList<>();

    try (DeadLetters letters = new DeadLetters("dlq", consumer)) {
      letters.read(found::add);
    }

    assertThat(found).extracting(DeadLetters.Letter::place).containsExactly("0:0", "0:2");
    DeadLetters.Letter first = found.get(0);
    assertThat(first.id()).isEqualTo("a.png");
    assertThat(first.error()).isEqualTo("BadImage");
    assertThat(first.header(DeadLetter.MESSAGE)).isEqualTo("broken");
    assertThat(first.ownHeaders()).containsOnlyKeys("label");
    assertThat(found.get(1).error()).isEqualTo("unknown");
  }

  @Test
  void stopsWhenTheReaderHasEnough() {
    MockConsumer<byte[], byte[]> consumer = consumer(2);
    consumer.schedulePollTask(
        () -> {
          consumer.addRecord(record(0, "a.png", "", ""));
          consumer.addRecord(record(1, "b.png", "", ""));
        });
    List<String> found = new ArrayList<>();

    try (DeadLetters letters = new DeadLetters("dlq", consumer)) {
      letters.read(
          letter -> {
            found.add(letter.id());
            return false;
          });
    }

    assertThat(found).containsExactly("a.png");
  }

  @Test
  void anEmptyTopicIsReadAtOnce() {
    List<DeadLetters.Letter> found = new ArrayList<>();

    try (DeadLetters letters = new DeadLetters("dlq", consumer(0))) {
      letters.read(found::add);
    }

    assertThat(found).isEmpty();
  }

  private static MockConsumer<byte[], byte[]> consumer(long end) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    consumer.updatePartitions("dlq", List.of(new PartitionInfo("dlq", 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, end));
    return consumer;
  }

  private static ConsumerRecord<byte[], byte[]> record(
      long offset, String key, String error, String message) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("dlq", 0, offset, utf8(key), utf8("bytes"));
    record.headers().add("label", utf8("7"));
    if (!error.isEmpty()) {
      record.headers().add(DeadLetter.ERROR_CLASS, utf8(error));
      record.headers().add(DeadLetter.MESSAGE, utf8(message));
    }
    return record;
  }

  private static byte[] utf8(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }
}
