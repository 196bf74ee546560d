package io.bagpipe.streams.stage;

import io.bagpipe.streams.kafka.ClientMetrics;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.OutputRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A producer of a stage: one transaction at a time, committed or aborted, and made anew when it can
 * do neither. The native client, because the Vert.x producer cannot put consumer offsets into a
 * transaction. Confined to the committer's thread; blocks.
 */
final class TransactionalProducer {
  /** After this long without an acknowledgement a record has failed. */
  static final Duration DELIVERY = Duration.ofSeconds(15);

  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final StageSettings settings;
  private final Map<String, Object> properties;
  private final ClientMetrics metrics;
  private final Function<Map<String, Object>, Producer<byte[], byte[]>> create;
  private Runnable unwatch = () -> {};
  private @Nullable Producer<byte[], byte[]> producer;
  private boolean open;
  private boolean inDoubt;

  TransactionalProducer(
      KafkaSettings kafka,
      StageSettings settings,
      String id,
      Function<Map<String, Object>, Producer<byte[], byte[]>> create) {
    this.settings = settings;
    this.properties = properties(kafka, settings, id);
    this.metrics = kafka.metrics();
    this.create = create;
  }

  private static Map<String, Object> properties(
      KafkaSettings kafka, StageSettings settings, String id) {
    StageSettings.TransactionLimits limits = settings.transactions();
    int request = limits.maxRecordBytes() + TopicSettings.OVERHEAD_BYTES;
    Map<String, Object> tuning = new HashMap<>();
    tuning.put("max.request.size", Integer.toString(request));
    tuning.put("buffer.memory", Long.toString(Math.max(32L << 20, 2L * request)));
    tuning.put("batch.size", Integer.toString(256 << 10));
    tuning.put("compression.type", limits.compression());
    tuning.put("max.block.ms", "15000");
    tuning.put("request.timeout.ms", "10000");
    tuning.put("delivery.timeout.ms", Long.toString(DELIVERY.toMillis()));
    tuning.put("reconnect.backoff.max.ms", "2000");
    // Coordinators are found at the second try: two waits between a start and its first commit.
    tuning.put("retry.backoff.ms", "20");
    tuning.put("client.id", id);
    Map<String, Object> fixed = new HashMap<>();
    fixed.put("transactional.id", id);
    fixed.put("transaction.timeout.ms", Long.toString(limits.timeout().toMillis()));
    return kafka.producer(tuning, fixed);
  }

  /**
   * Ready for a transaction. A new producer first settles what its forerunner left (commits what
   * was being committed, aborts what was open), and locks out whoever still uses the same id.
   */
  void ensureReady() {
    if (producer != null) {
      return;
    }
    Producer<byte[], byte[]> created = create.apply(properties);
    try {
      created.initTransactions();
    } catch (RuntimeException e) {
      created.close(Duration.ZERO);
      throw e;
    }
    producer = created;
    unwatch = metrics.watch(created);
  }

  private Producer<byte[], byte[]> ready() {
    Producer<byte[], byte[]> current = producer;
    if (current == null) {
      throw new IllegalStateException("no producer: ensureReady comes first");
    }
    return current;
  }

  /**
   * @throws KafkaException when the producer is still busy with a transaction that timed out; it is
   *     given up, and the next one starts clean
   */
  void begin() {
    Producer<byte[], byte[]> current = ready();
    try {
      current.beginTransaction();
    } catch (IllegalStateException e) {
      giveUp(current, Duration.ZERO);
      throw new KafkaException("the producer cannot begin a transaction: " + e.getMessage(), e);
    }
    open = true;
  }

  /**
   * Starts sending. What the broker refuses shows when the transaction is committed; what cannot
   * even be handed over (Kafka is away, and has been for {@code max.block.ms}) shows at once, not
   * after as long again for every record.
   *
   * @param inFlight that counts the records of the result until they were written, or have failed
   */
  List<SentRecord> send(Finished finished, InFlight inFlight) {
    List<SentRecord> sent = new ArrayList<>();
    int partition = finished.claim().partition();
    for (OutputRecord record : finished.output().records()) {
      String topic = settings.outputTopic();
      if (topic == null) {
        throw new IllegalStateException(
            "stage "
                + settings.stage()
                + " has no output topic, but its function returned records");
      }
      SentRecord one = new SentRecord(partition, record.sizeBytes(), inFlight);
      hand(
          new ProducerRecord<>(
              topic, partition, record.key(), record.value(), headers(record.headers())),
          one);
      sent.add(one);
    }
    for (DeadLetter letter : finished.output().deadLetters()) {
      hand(
          new ProducerRecord<>(
              settings.deadLetterTopic(),
              null,
              letter.record().timestampMillis() < 0 ? null : letter.record().timestampMillis(),
              letter.record().key(),
              letter.record().value(),
              headers(letter.headers())),
          null);
    }
    return sent;
  }

  private void hand(ProducerRecord<byte[], byte[]> record, @Nullable Callback onDone) {
    Future<RecordMetadata> result = ready().send(record, onDone);
    if (result.isDone()) {
      try {
        result.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e);
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
  }

  private static List<Header> headers(Map<String, byte[]> headers) {
    List<Header> list = new ArrayList<>(headers.size());
    headers.forEach((name, value) -> list.add(new RecordHeader(name, value)));
    return list;
  }

  void sendOffsets(Map<Integer, Long> offsets, ConsumerGroupMetadata group) {
    Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();
    offsets.forEach(
        (partition, next) ->
            consumed.put(
                new TopicPartition(settings.intake().topic(), partition),
                new OffsetAndMetadata(next)));
    ready().sendOffsetsToTransaction(consumed, group);
  }

  void commit() {
    inDoubt = true;
    ready().commitTransaction();
    inDoubt = false;
    open = false;
  }

  /**
   * A commit was begun, failed, and could not be aborted: whether it was made shows in the group's
   * offsets, once the next producer is ready.
   */
  boolean isInDoubt() {
    return inDoubt;
  }

  void doubtSettled() {
    inDoubt = false;
  }

  /** Ends the transaction without effect; false when it could not, and is given up. */
  boolean abort() {
    Producer<byte[], byte[]> current = producer;
    if (current == null || !open) {
      return true;
    }
    open = false;
    try {
      current.abortTransaction();
      // aborted for certain, whatever the commit said
      inDoubt = false;
      return true;
    } catch (RuntimeException e) {
      giveUp(current, Duration.ZERO);
      return false;
    }
  }

  /** Leaves an open transaction to the next producer, which aborts it when it is made ready. */
  void giveUpOpen() {
    Producer<byte[], byte[]> current = producer;
    if (current != null && open) {
      open = false;
      giveUp(current, Duration.ZERO);
    }
  }

  private void giveUp(Producer<byte[], byte[]> current, Duration patience) {
    producer = null;
    unwatch.run();
    unwatch = () -> {};
    current.close(patience);
  }

  void close() {
    Producer<byte[], byte[]> current = producer;
    if (current != null) {
      giveUp(current, CLOSE);
    }
  }
}
