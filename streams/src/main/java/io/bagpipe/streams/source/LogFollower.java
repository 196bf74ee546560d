package io.bagpipe.streams.source;

import io.bagpipe.streams.intake.Records;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.InputRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows partitions of a topic as they grow, committed records only, without any group: to watch
 * what others consume. A thread of its own calls the handlers. Methods may be called from any
 * thread; only {@link #close} waits for that thread.
 */
public final class LogFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final long PAUSE_MILLIS = 200;

  /** What becomes of one partition's records. May hear a little more after it was forgotten. */
  public interface Handler {
    /** The next record; what it throws ends the following of all partitions. */
    void handle(InputRecord record) throws Exception;

    /** The log no longer holds the next record: there will be no more. */
    void lost();
  }

  private record Following(long from, Handler handler) {}

  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Consumer<Throwable> onFailure;
  private final Map<Integer, Following> wanted = new ConcurrentHashMap<>();

  /** The follower's thread's own. */
  private final Map<Integer, Following> assigned = new HashMap<>();

  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param onFailure told once when a handler or Kafka ends it; on the follower's thread
   */
  public LogFollower(KafkaSettings kafka, String topic, Consumer<Throwable> onFailure) {
    this.topic = topic;
    this.onFailure = onFailure;
    this.consumer = new KafkaConsumer<>(LogReader.properties(kafka));
    this.thread = new Thread(this::run, "bagpipe-follow-" + topic);
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands over a partition's records from this offset on; an earlier handler hears no more. */
  public void follow(int partition, long from, Handler handler) {
    wanted.put(partition, new Following(from, handler));
    consumer.wakeup();
  }

  /** Nothing more of this partition. */
  public void forget(int partition) {
    wanted.remove(partition);
    consumer.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        try {
          step();
        } catch (WakeupException e) {
          LOG.trace("woken: {}", wanted.keySet());
        } catch (OffsetOutOfRangeException e) {
          e.offsetOutOfRangePartitions().keySet().forEach(this::lost);
        } catch (RetriableException e) {
          LOG.warn("topic {} cannot be followed for now: {}", topic, e.toString());
          Thread.sleep(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("following {} was interrupted", topic);
    } catch (Exception e) {
      if (!closed) {
        onFailure.accept(e);
      }
    } finally {
      consumer.close(CloseOptions.timeout(CLOSE));
    }
  }

  private void step() throws Exception {
    assign();
    if (assigned.isEmpty()) {
      Thread.sleep(PAUSE_MILLIS);
      return;
    }
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Following following = assigned.get(record.partition());
      if (following != null && following.equals(wanted.get(record.partition()))) {
        following.handler().handle(Records.input(record));
      }
    }
  }

  /** Makes what is assigned what is wanted; those that stay keep their position. */
  private void assign() {
    Map<Integer, Following> now = Map.copyOf(wanted);
    if (now.equals(assigned)) {
      return;
    }
    List<TopicPartition> keys = new ArrayList<>();
    now.keySet().forEach(partition -> keys.add(new TopicPartition(topic, partition)));
    consumer.assign(keys);
    for (TopicPartition key : keys) {
      Following following = now.get(key.partition());
      if (following != null && !following.equals(assigned.get(key.partition()))) {
        consumer.seek(key, following.from());
      }
    }
    assigned.clear();
    assigned.putAll(now);
  }

  private void lost(TopicPartition key) {
    Following following = assigned.get(key.partition());
    if (following != null) {
      LOG.warn("{} was trimmed beyond where it was followed", key);
      wanted.remove(key.partition(), following);
      following.handler().lost();
    }
  }

  /** Ends; no handler is called when this has returned. */
  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
