package io.bagpipe.streams.bench;

import io.bagpipe.streams.broker.BrokerSettings;
import io.bagpipe.streams.broker.EmbeddedBroker;
import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.streams.stage.LagGate;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.streams.stage.StageSettings;
import io.bagpipe.streams.stage.TransactionalStage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Copies a topic twice, in turn: with a {@link TransactionalStage}, and with a plain consumer and
 * an idempotent producer of the same batch settings. Timed from the first record seen to the last
 * one committed (acknowledged). Blocks; owns the embedded broker it runs on.
 */
public final class TransportBench implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 300;
  private static final Duration TIDY = Duration.ofSeconds(20);

  /** More than the active segments of a round's three topics. */
  private static final long LEFT_BYTES = 256L << 20;

  /**
   * @param stageMegabytesPerSecond exactly once
   * @param plainMegabytesPerSecond at least once
   * @param readRecordsPerSecond of the output, by LogReader
   */
  public record Result(
      double stageMegabytesPerSecond, double plainMegabytesPerSecond, double readRecordsPerSecond) {
    public double ratio() {
      return stageMegabytesPerSecond / plainMegabytesPerSecond;
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final Path directory;
  private final EmbeddedBroker broker;
  private final KafkaSettings kafka;
  private final int records;
  private final int recordBytes;
  private int rounds;

  public TransportBench(Path directory, int records, int recordBytes) throws Exception {
    // what a round leaves is deleted right after it, not in the middle of a later one
    this.broker =
        EmbeddedBroker.start(
            new BrokerSettings(
                directory,
                0,
                BrokerSettings.DEFAULT_MAX_RECORD_BYTES,
                Map.of(
                    "log.retention.check.interval.ms", "500",
                    "log.initial.task.delay.ms", "500",
                    "log.segment.delete.delay.ms", "0")));
    this.directory = directory;
    this.kafka = KafkaSettings.of(broker.bootstrapServers());
    this.records = records;
    this.recordBytes = recordBytes;
  }

  /** One pair; which goes first alternates. */
  public Result round() throws Exception {
    Topics topics = Topics.withPrefix("bench" + rounds + "-");
    TopicAdmin admin = new TopicAdmin(vertx, kafka);
    await(admin.ensure(topics, TopicSettings.defaults()));
    fill(topics.images());
    double stage;
    double plain;
    if (rounds++ % 2 == 0) {
      stage = stage(topics);
      plain = plain(topics);
    } else {
      plain = plain(topics);
      stage = stage(topics);
    }
    double read = read(topics);
    for (String topic : List.of(topics.images(), topics.views(), topics.embeddings())) {
      await(admin.trim(topic, 0, await(admin.endOffsets(topic)).getOrDefault(0, 0L)));
    }
    await(admin.close());
    tidy();
    return new Result(stage, plain, read);
  }

  /** Waits until the broker has deleted what was trimmed; active segments stay. */
  private void tidy() throws Exception {
    long deadline = System.nanoTime() + TIDY.toNanos();
    while (size() > rounds * LEFT_BYTES && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private long size() throws IOException {
    long[] bytes = new long[1];
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException deleted) {
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  private Map<String, Object> producer() {
    return kafka.producer(
        Map.of(
            "max.request.size", Integer.toString(17 << 20),
            "batch.size", Integer.toString(256 << 10),
            "buffer.memory", Integer.toString(34 << 20),
            "compression.type", "lz4"),
        Map.of());
  }

  private void fill(String topic) {
    byte[] key = {1};
    byte[] value = new byte[recordBytes];
    Random random = new Random(1);
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producer())) {
      for (int i = 0; i < records; i++) {
        random.nextBytes(value);
        producer.send(new ProducerRecord<>(topic, 0, key, value.clone()));
      }
    }
  }

  private double stage(Topics topics) throws Exception {
    long[] first = new long[1];
    TransactionalStage stage =
        new TransactionalStage(
            vertx,
            kafka,
            new StageSettings(
                "bench",
                IntakeSettings.of(
                    topics.images(), topics.images() + "-g", "one", QueueLimits.of(512, 16 << 20)),
                topics.views(),
                topics.deadLetters(),
                Set.of(),
                new BatchLimits(64, 4 << 20, Duration.ZERO),
                StageSettings.TransactionLimits.defaults(),
                // looks at the lag as a real one does, and never closes
                LagGate.Settings.of("nobody", Long.MAX_VALUE, Long.MAX_VALUE)),
            batch -> {
              if (first[0] == 0) {
                first[0] = System.nanoTime();
              }
              return StageOutput.of(
                  batch.stream().map(r -> new OutputRecord(r.key(), value(r), Map.of())).toList());
            });
    await(stage.start());
    while (stage.status().recordsIn() < records) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    long nanos = System.nanoTime() - first[0];
    await(stage.stop(Duration.ofSeconds(10)));
    return megabytesPerSecond(nanos);
  }

  private static byte[] value(InputRecord record) {
    return Objects.requireNonNull(record.value());
  }

  private double plain(Topics topics) {
    Map<String, Object> properties =
        kafka.consumer(
            Map.of(
                "fetch.max.bytes", Integer.toString(8 << 20),
                "max.partition.fetch.bytes", Integer.toString(8 << 20)),
            Map.of("auto.offset.reset", "earliest"));
    TopicPartition partition = new TopicPartition(topics.images(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties);
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producer())) {
      producer.partitionsFor(topics.embeddings());
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long first = 0;
      for (int count = 0; count < records; ) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          first = first == 0 ? System.nanoTime() : first;
          producer.send(new ProducerRecord<>(topics.embeddings(), 0, record.key(), record.value()));
          count++;
        }
      }
      producer.flush();
      return megabytesPerSecond(System.nanoTime() - first);
    }
  }

  private double read(Topics topics) throws Exception {
    try (LogReader reader = new LogReader(kafka)) {
      long start = System.nanoTime();
      long count = reader.read(topics.views(), 0, 0, Long.MAX_VALUE, record -> {});
      if (count != records) {
        throw new IllegalStateException(
            "read " + count + " records of " + records + ": the stage lost or repeated some");
      }
      return count / ((System.nanoTime() - start) / 1e9);
    }
  }

  private double megabytesPerSecond(long nanos) {
    return (double) records * recordBytes / 1e6 / (nanos / 1e9);
  }

  private static <T> T await(Future<T> future) throws Exception {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void close() {
    vertx.close();
    broker.close();
  }
}
