package io.bagpipe.verticles.cli;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.verticles.config.BagpipeConfig;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends images as records of a topic with an idempotent producer. */
final class KafkaOutlet implements ImageOutlet {
  private static final int MOST_RECORDS = 10_000;
  private static final int MOST_KIB = 64 << 10;
  private static final int OVERHEAD = 1024;

  private final String topic;
  private final long largest;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Semaphore records = new Semaphore(MOST_RECORDS);
  private final Semaphore kibibytes = new Semaphore(MOST_KIB);

  /**
   * Opens a producer.
   *
   * @param largestBatch what the broker takes at once, bytes
   */
  KafkaOutlet(String topic, long largestBatch, String bootstrap, BagpipeConfig config) {
    this.topic = topic;
    this.largest = Math.max(1, Math.min(largestBatch, 1 << 30) - OVERHEAD);
    Properties properties = new Properties();
    properties.put("max.request.size", Long.toString(largest + OVERHEAD));
    properties.put("buffer.memory", Long.toString(Math.max(96L << 20, 2 * largest)));
    properties.put("batch.size", "262144");
    properties.put("linger.ms", "5");
    properties.put("client.id", "bagpipe-push");
    properties.putAll(KafkaConnection.properties(bootstrap, config));
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true");
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public long largestRecord() {
    return largest;
  }

  @Override
  public void send(LabelledImage image, Consumer<@Nullable Throwable> done)
      throws InterruptedException {
    int size = Math.min(MOST_KIB, 1 + image.encoded().length / 1024);
    records.acquire();
    kibibytes.acquire(size);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, image.id().getBytes(StandardCharsets.UTF_8), image.encoded());
    String label = image.label();
    if (label != null) {
      record.headers().add("label", label.getBytes(StandardCharsets.UTF_8));
    }
    producer.send(
        record,
        (metadata, error) -> {
          records.release();
          kibibytes.release(size);
          done.accept(error);
        });
  }

  @Override
  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }
}
