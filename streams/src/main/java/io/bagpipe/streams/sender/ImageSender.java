package io.bagpipe.streams.sender;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaWriteStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends images to Kafka, each acknowledged by all in-sync replicas and written once however often
 * the network fails (idempotent producer). What is on its way is bounded: whoever sends looks at
 * {@link #ready} or takes the refusal.
 *
 * <p>Safe to use from any thread; nothing blocks. Images with the same key keep their order.
 * Whoever builds it closes it. The bound is counted here because the Vert.x stream's own is not
 * safe for several threads and is not given back when sending throws.
 *
 * <p>While Kafka is away a send fails after 5 to 10 seconds, however many are waiting; what was on
 * its way already, after a minute.
 */
public final class ImageSender {
  private final SenderSettings settings;
  private final KafkaWriteStream<byte[], byte[]> stream;
  private final Runnable unwatch;

  // guarded by this
  private long records;
  private long bytes;
  private @Nullable Promise<Void> room;

  public ImageSender(Vertx vertx, KafkaSettings kafka, SenderSettings settings) {
    this.settings = settings;
    this.stream = KafkaWriteStream.create(vertx, new PromptProducer(properties(kafka, settings)));
    this.unwatch = kafka.metrics().watch(stream.unwrap());
    // each failure already fails its own future
    stream.exceptionHandler(e -> {});
  }

  static Map<String, Object> properties(KafkaSettings kafka, SenderSettings settings) {
    int request = settings.maxRecordBytes() + TopicSettings.OVERHEAD_BYTES;
    Map<String, Object> tuning = new HashMap<>();
    tuning.put("max.request.size", Integer.toString(request));
    tuning.put(
        "buffer.memory",
        Long.toString(
            Math.max(16L << 20, Math.max(2 * settings.maxInFlightBytes(), 2L * request))));
    tuning.put("batch.size", Integer.toString(256 << 10));
    tuning.put("linger.ms", "5");
    tuning.put("max.block.ms", "5000");
    tuning.put("request.timeout.ms", "10000");
    tuning.put("delivery.timeout.ms", "60000");
    tuning.put("client.id", "bagpipe-sender");
    return kafka.producer(tuning, Map.of());
  }

  /**
   * @param key the image's id; null: its place in the log is its id
   * @param image the encoded file; null: a tombstone, which takes the image out of the index
   * @return where it is in the log; fails with {@link ImageTooLargeException}, {@link
   *     SenderFullException} or what Kafka says
   */
  public Future<RecordMetadata> send(
      byte @Nullable [] key, byte @Nullable [] image, Map<String, byte[]> headers) {
    ProducerRecord<byte[], byte[]> record = new PromptProducer.Asked(settings.topic(), key, image);
    long size = (key == null ? 0L : key.length) + (image == null ? 0L : image.length);
    for (Map.Entry<String, byte[]> header : headers.entrySet()) {
      record.headers().add(header.getKey(), header.getValue());
      size += header.getKey().length() + header.getValue().length;
    }
    if (size > settings.maxRecordBytes()) {
      return Future.failedFuture(new ImageTooLargeException(size, settings.maxRecordBytes()));
    }
    long counted = size;
    synchronized (this) {
      if (isFull(size)) {
        return Future.failedFuture(new SenderFullException(records, bytes));
      }
      records++;
      bytes += size;
    }
    return stream.send(record).onComplete(done -> acknowledged(counted));
  }

  private boolean isFull(long more) {
    return records > 0
        && (records >= settings.maxInFlightRecords() || bytes + more > settings.maxInFlightBytes());
  }

  private void acknowledged(long size) {
    Promise<Void> opened = null;
    synchronized (this) {
      records--;
      bytes -= size;
      if (records <= settings.maxInFlightRecords() / 2
          && bytes <= settings.maxInFlightBytes() / 2) {
        opened = room;
        room = null;
      }
    }
    if (opened != null) {
      opened.complete();
    }
  }

  /**
   * Completes when an image of this many bytes may be sent: at once, or when half is on its way.
   */
  public synchronized Future<Void> ready(long size) {
    if (!isFull(size)) {
      return Future.succeededFuture();
    }
    Promise<Void> waiting = room;
    if (waiting == null) {
      waiting = Promise.promise();
      room = waiting;
    }
    return waiting.future();
  }

  /** Images sent and not yet acknowledged. */
  public synchronized long inFlight() {
    return records;
  }

  /** Waits for what is on its way. */
  public Future<Void> flush() {
    return stream.flush();
  }

  public Future<Void> close() {
    unwatch.run();
    return stream.flush().transform((done, error) -> stream.close());
  }
}
