package io.bagpipe.verticles.cli.dlq;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dead-letter topic from its beginning to where it ends now. Commits nothing. Confined to
 * one thread; whoever makes it closes it.
 */
final class DeadLetters implements AutoCloseable {
  /**
   * A dead letter.
   *
   * @param headers all of them, the last value of each name
   */
  record Letter(
      int partition,
      long offset,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Map<String, byte[]> headers,
      long timestampMillis) {
    /** How commands name it: {@code 0:17}. */
    String place() {
      return partition + ":" + offset;
    }

    String id() {
      return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }

    String header(String name) {
      byte[] found = headers.get(name);
      return found == null ? "" : new String(found, StandardCharsets.UTF_8);
    }

    /** The error's class without its package. */
    String error() {
      String name = header(DeadLetter.ERROR_CLASS);
      return name.isEmpty() ? "unknown" : name.substring(name.lastIndexOf('.') + 1);
    }

    /** What the producer sent along. */
    Map<String, byte[]> ownHeaders() {
      Map<String, byte[]> own = new LinkedHashMap<>(headers);
      own.keySet().removeAll(DeadLetter.NAMES);
      return own;
    }

    /** Where the image is in the topic it was pushed to: {@code images-0@17}. */
    String source() {
      return header(DeadLetter.TOPIC)
          + "-"
          + header(DeadLetter.PARTITION)
          + "@"
          + header(DeadLetter.OFFSET);
    }

    /** Bytes of an image that was too large to be kept among the dead letters; else empty. */
    String omitted() {
      return header(DeadLetter.OMITTED);
    }
  }

  private final String topic;
  private final Consumer<byte[], byte[]> consumer;

  DeadLetters(String topic, KafkaSettings kafka) {
    this(
        topic,
        new KafkaConsumer<>(
            kafka.consumer(
                Map.of("client.id", "bagpipe-dlq"),
                Map.of("auto.offset.reset", "earliest", "allow.auto.create.topics", "false"))));
  }

  DeadLetters(String topic, Consumer<byte[], byte[]> consumer) {
    this.topic = topic;
    this.consumer = consumer;
  }

  /** Hands every letter over, in the order of its partition, until the reader wants no more. */
  void read(Predicate<Letter> reader) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
        long end = ends.getOrDefault(new TopicPartition(topic, record.partition()), 0L);
        if (record.offset() < end && !reader.test(letter(record))) {
          return;
        }
      }
    }
  }

  private static Letter letter(ConsumerRecord<byte[], byte[]> record) {
    Map<String, byte[]> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), header.value() == null ? new byte[0] : header.value());
    }
    return new Letter(
        record.partition(),
        record.offset(),
        record.key(),
        record.value(),
        headers,
        record.timestamp());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
