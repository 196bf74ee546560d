package io.bagpipe.streams.source;

import io.bagpipe.streams.intake.GapException;
import io.bagpipe.streams.intake.Records;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.InputRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads ranges of a partition's log, committed records only, without any group: to rebuild state
 * and to audit. Confined to one thread, which it blocks; interrupting that thread ends a read with
 * Kafka's InterruptException. Whoever builds it closes it.
 */
public final class LogReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration SETTLING = Duration.ofMillis(20);
  private static final Duration LOOKUP = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Takes one record; what it throws ends the read. */
  @FunctionalInterface
  public interface Handler {
    void handle(InputRecord record) throws Exception;
  }

  private final KafkaSettings kafka;
  private final Consumer<byte[], byte[]> consumer;

  public LogReader(KafkaSettings kafka) {
    this.kafka = kafka;
    this.consumer = new KafkaConsumer<>(properties(kafka));
  }

  static Map<String, Object> properties(KafkaSettings kafka) {
    Map<String, Object> tuning = new HashMap<>();
    tuning.put("fetch.max.bytes", Integer.toString(32 << 20));
    tuning.put("max.partition.fetch.bytes", Integer.toString(16 << 20));
    tuning.put("max.poll.records", "1000");
    tuning.put("receive.buffer.bytes", Integer.toString(1 << 20));
    return kafka.consumer(
        tuning, Map.of("auto.offset.reset", "none", "allow.auto.create.topics", "false"));
  }

  public int partitions(String topic) {
    return consumer.partitionsFor(topic, LOOKUP).size();
  }

  /** First offset in the log. */
  public long earliest(String topic, int partition) {
    TopicPartition key = new TopicPartition(topic, partition);
    return consumer.beginningOffsets(List.of(key), LOOKUP).getOrDefault(key, 0L);
  }

  /** Offset after the last committed record and the markers behind it. */
  public long end(String topic, int partition) {
    TopicPartition key = new TopicPartition(topic, partition);
    return consumer.endOffsets(List.of(key), LOOKUP).getOrDefault(key, 0L);
  }

  /**
   * Hands over the records of [from, to), in order, as far as the log goes now.
   *
   * @return how many
   * @throws GapException when from is no longer in the log
   * @throws TimeoutException when nothing came for a minute
   */
  public long read(String topic, int partition, long from, long to, Handler handler)
      throws Exception {
    TopicPartition key = new TopicPartition(topic, partition);
    long earliest = earliest(topic, partition);
    long end = end(topic, partition);
    if (from < earliest) {
      throw new GapException(key, from, earliest, end);
    }
    long until = Math.min(to, end);
    if (from >= until) {
      return 0;
    }
    consumer.assign(List.of(key));
    consumer.seek(key, from);
    long count = 0;
    long position = from;
    long lastProgress = System.nanoTime();
    while (position < until) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (record.offset() >= until) {
          return count;
        }
        handler.handle(Records.input(record));
        count++;
      }
      // beyond transaction markers and aborted records, which poll passes over
      long now = consumer.position(key, LOOKUP);
      if (now > position) {
        position = now;
        lastProgress = System.nanoTime();
      } else if (System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
        throw new TimeoutException(
            "nothing came from %s for a minute at offset %d of %d".formatted(key, position, until));
      }
    }
    return count;
  }

  /**
   * Whether a committed record has ever been written to a partition, deleted ones included. Waits
   * for transactions that are open to end.
   *
   * @throws TimeoutException when they do not within a minute
   */
  public boolean hasEverHeldAny(String topic, int partition) {
    return hasEverHeldAny(topic, partition, PATIENCE);
  }

  /**
   * The same with another patience.
   *
   * @throws TimeoutException when open transactions do not end within it
   */
  public boolean hasEverHeldAny(String topic, int partition, Duration patience) {
    TopicPartition key = new TopicPartition(topic, partition);
    if (earliest(topic, partition) > 0) {
      return true;
    }
    long until = endOfAll(key);
    consumer.assign(List.of(key));
    consumer.seek(key, 0);
    long began = System.nanoTime();
    while (consumer.position(key, LOOKUP) < until) {
      if (!consumer.poll(POLL).isEmpty()) {
        return true;
      }
      if (System.nanoTime() - began > patience.toNanos()) {
        throw new TimeoutException("a transaction is open on " + key + " and does not end");
      }
    }
    return false;
  }

  /**
   * Offset after the last record of a partition that nobody is writing to any more. Waits for
   * transactions that a former writer left to end.
   *
   * @throws TimeoutException when they do not within a minute
   */
  public long settledEnd(String topic, int partition) throws InterruptedException {
    long until = endOfAll(new TopicPartition(topic, partition));
    long began = System.nanoTime();
    while (end(topic, partition) < until) {
      if (System.nanoTime() - began > PATIENCE.toNanos()) {
        throw new TimeoutException(
            "a transaction is open on %s-%d and does not end".formatted(topic, partition));
      }
      TimeUnit.MILLISECONDS.sleep(SETTLING.toMillis());
    }
    return until;
  }

  /** Offset after all that was written, committed or not. */
  private long endOfAll(TopicPartition key) {
    Map<String, Object> all = properties(kafka);
    all.put("isolation.level", "read_uncommitted");
    try (Consumer<byte[], byte[]> looking = new KafkaConsumer<>(all)) {
      return looking.endOffsets(List.of(key), LOOKUP).getOrDefault(key, 0L);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
