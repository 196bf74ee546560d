package io.bagpipe.verticles.cli.kafka;

import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.sender.ImageSender;
import io.bagpipe.streams.sender.SenderSettings;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.Failures;
import io.bagpipe.verticles.service.QuietVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An outlet into a topic, with a Vert.x of its own. */
public final class KafkaOutlet implements ImageOutlet {
  // Also how many a process that is killed leaves unacknowledged, to be sent again.
  private static final int MOST_RECORDS = 1_000;
  private static final long MOST_BYTES = 64L << 20;

  private final RecordLimit limit;
  private final Vertx vertx = QuietVertx.create();
  private final ImageSender sender;
  // One party for whoever flushes and one for every image on its way.
  private final Phaser onTheWay = new Phaser(1);

  /**
   * Opens a producer.
   *
   * @param largestBatch what the topic takes at once, bytes
   */
  public KafkaOutlet(String topic, long largestBatch, KafkaSettings kafka) {
    this.limit = RecordLimit.of(topic, largestBatch, kafka);
    this.sender =
        new ImageSender(
            vertx, kafka, new SenderSettings(topic, limit.bytes(), MOST_RECORDS, MOST_BYTES));
  }

  @Override
  public RecordLimit limit() {
    return limit;
  }

  @Override
  public void send(LabelledImage image, Consumer<@Nullable Throwable> done)
      throws InterruptedException {
    String label = image.label();
    send(
        utf8(image.id()),
        image.encoded(),
        label == null ? Map.of() : Map.of("label", utf8(label)),
        done);
  }

  /** Sends any record; blocks while too much is on its way. */
  public void send(
      byte @Nullable [] key,
      byte @Nullable [] value,
      Map<String, byte[]> headers,
      Consumer<@Nullable Throwable> done)
      throws InterruptedException {
    long size = (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
    for (Map.Entry<String, byte[]> header : headers.entrySet()) {
      size += header.getKey().length() + header.getValue().length;
    }
    await(sender.ready(size));
    onTheWay.register();
    sender
        .send(key, value, headers)
        .onComplete(
            sent -> {
              try {
                done.accept(sent.cause());
              } finally {
                onTheWay.arriveAndDeregister();
              }
            });
  }

  @Override
  public void flush() {
    onTheWay.arriveAndAwaitAdvance();
  }

  @Override
  public void close() {
    try {
      // One after the other: what completes on Vert.x's own threads never comes once they are gone.
      await(sender.close());
      await(vertx.close());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(Future<?> future) throws InterruptedException {
    try {
      future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new CommandFailedException("Kafka: " + Failures.deepest(e), e);
    }
  }

  private static byte[] utf8(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }
}
