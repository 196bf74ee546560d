package io.bagpipe.streams.stage;

import io.bagpipe.streams.kafka.ClientMetrics;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.record.StateRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The producer of one stage: one transaction at a time, committed or aborted, and made anew when it
 * can do neither. The native client, because the Vert.x producer cannot put consumer offsets into a
 * transaction. Confined to the committer's thread; blocks.
 */
class TransactionalProducer {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final StageSettings settings;
  private final Map<String, Object> properties;
  private final ClientMetrics metrics;
  private final long maxDeadLetterBytes;
  private Runnable unwatch = () -> {};
  private @Nullable Producer<byte[], byte[]> producer;
  private boolean open;
  private boolean inDoubt;

  TransactionalProducer(KafkaSettings kafka, StageSettings settings) {
    this.settings = settings;
    this.properties = properties(kafka, settings);
    this.metrics = kafka.metrics();
    // framing takes the other half
    this.maxDeadLetterBytes =
        settings.transactions().maxRecordBytes() + TopicSettings.OVERHEAD_BYTES / 2L;
  }

  private static Map<String, Object> properties(KafkaSettings kafka, StageSettings settings) {
    StageSettings.TransactionLimits limits = settings.transactions();
    int request = limits.maxRecordBytes() + TopicSettings.OVERHEAD_BYTES;
    Map<String, Object> tuning = new HashMap<>();
    tuning.put("max.request.size", Integer.toString(request));
    tuning.put("buffer.memory", Long.toString(Math.max(32L << 20, 2L * request)));
    tuning.put("batch.size", Integer.toString(256 << 10));
    tuning.put("compression.type", limits.compression());
    tuning.put("max.block.ms", "15000");
    tuning.put("request.timeout.ms", "10000");
    tuning.put("delivery.timeout.ms", "15000");
    tuning.put("reconnect.backoff.max.ms", "2000");
    tuning.put("client.id", settings.transactionalId());
    Map<String, Object> fixed = new HashMap<>();
    fixed.put("transactional.id", settings.transactionalId());
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
    Producer<byte[], byte[]> created = create(properties);
    try {
      created.initTransactions();
    } catch (RuntimeException e) {
      created.close(Duration.ZERO);
      throw e;
    }
    producer = created;
    unwatch = metrics.watch(created);
  }

  /** Tests break it here. */
  Producer<byte[], byte[]> create(Map<String, Object> with) {
    return new KafkaProducer<>(with);
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

  /** Starts sending; what goes wrong shows when the transaction is committed. */
  List<SentRecord> send(Finished finished) {
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
      SentRecord one = new SentRecord(partition, record.sizeBytes());
      ready()
          .send(
              new ProducerRecord<>(
                  topic, partition, record.key(), record.value(), headers(record.headers())),
              one);
      sent.add(one);
    }
    finished.output().deadLetters().forEach(this::send);
    finished.output().changes().forEach(change -> send(change, partition));
    return sent;
  }

  private void send(DeadLetter letter) {
    DeadLetter.Written as = letter.within(maxDeadLetterBytes, System.currentTimeMillis());
    ready()
        .send(
            new ProducerRecord<>(
                settings.deadLetterTopic(),
                null,
                as.timestampMillis(),
                as.key(),
                as.value(),
                headers(as.headers())));
  }

  private void send(StateRecord change, int partition) {
    if (!settings.stateTopics().contains(change.topic())) {
      throw new IllegalStateException(
          "stage "
              + settings.stage()
              + " keeps nothing in "
              + change.topic()
              + ", but its function returned changes for it");
    }
    ready().send(new ProducerRecord<>(change.topic(), partition, change.key(), change.value()));
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

  /** Ends the transaction without effect; a producer that cannot is given up. */
  void abort() {
    Producer<byte[], byte[]> current = producer;
    if (current == null || !open) {
      return;
    }
    open = false;
    try {
      current.abortTransaction();
      // aborted for certain, whatever the commit said
      inDoubt = false;
    } catch (RuntimeException e) {
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
