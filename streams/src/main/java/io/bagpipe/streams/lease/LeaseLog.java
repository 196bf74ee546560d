package io.bagpipe.streams.lease;

import io.bagpipe.streams.kafka.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * A lease in Kafka: one committed offset whose metadata is the {@link LeaseState}, written in
 * transactions under one transactional id. Whoever calls {@link #fence} makes the broker refuse
 * every later write of those who did so before, and settles what they had begun: what {@link #look}
 * says after it is the last that they wrote. Confined to one thread, which it blocks for seconds at
 * most; what fails throws a KafkaException, and a write that failed may have been made.
 */
final class LeaseLog implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final String REQUEST_MILLIS = "4000";
  private static final String CALL_MILLIS = "5000";

  private final LeaseSettings settings;
  private final Map<String, Object> properties;
  private final Admin admin;
  private @Nullable Producer<byte[], byte[]> producer;

  LeaseLog(KafkaSettings kafka, LeaseSettings settings) {
    this.settings = settings;
    this.properties = producer(kafka, settings.name());
    Map<String, Object> patience = new HashMap<>(kafka.admin());
    patience.put("request.timeout.ms", REQUEST_MILLIS);
    patience.put("default.api.timeout.ms", CALL_MILLIS);
    this.admin = Admin.create(patience);
  }

  private static Map<String, Object> producer(KafkaSettings kafka, String name) {
    Map<String, Object> tuning = new HashMap<>();
    tuning.put("linger.ms", "0");
    tuning.put("max.block.ms", CALL_MILLIS);
    tuning.put("request.timeout.ms", REQUEST_MILLIS);
    tuning.put("delivery.timeout.ms", CALL_MILLIS);
    tuning.put("reconnect.backoff.max.ms", "1000");
    tuning.put("client.id", name);
    return kafka.producer(
        tuning, Map.of("transactional.id", name, "transaction.timeout.ms", "10000"));
  }

  /** What stands in the log; null before the first word. */
  @Nullable LeaseState look() throws InterruptedException {
    try {
      OffsetAndMetadata committed =
          admin
              .listConsumerGroupOffsets(settings.name())
              .partitionsToOffsetAndMetadata()
              .get()
              .get(settings.at());
      return committed == null ? null : LeaseState.read(settings.name(), committed);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return null;
      }
      throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
    }
  }

  /** Whether this process has fenced others and nothing has gone wrong since. */
  boolean isReady() {
    return producer != null;
  }

  void fence() {
    drop();
    Producer<byte[], byte[]> created = new KafkaProducer<>(properties);
    try {
      created.initTransactions();
    } catch (RuntimeException e) {
      created.close(Duration.ZERO);
      throw e;
    }
    producer = created;
  }

  /**
   * Writes, if nobody has fenced this process since.
   *
   * @param with records that are written in the same transaction
   */
  @SuppressWarnings(
      "removal") // KIP-1136 makes the metadata an interface in Kafka 5, and it is made of a name
  // then
  void write(LeaseState state, List<ProducerRecord<byte[], byte[]>> with) {
    Producer<byte[], byte[]> current = producer;
    if (current == null) {
      throw new IllegalStateException("fence comes first");
    }
    current.beginTransaction();
    with.forEach(current::send); // a failure shows in the commit
    current.sendOffsetsToTransaction(
        Map.of(settings.at(), state.written()), new ConsumerGroupMetadata(settings.name()));
    current.commitTransaction();
  }

  /** Gives up what is under way; the next {@link #fence} settles it. */
  void drop() {
    Producer<byte[], byte[]> current = producer;
    producer = null;
    if (current != null) {
      current.close(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    Producer<byte[], byte[]> current = producer;
    producer = null;
    if (current != null) {
      current.close(CLOSE);
    }
    admin.close(CLOSE);
  }
}
