package io.bagpipe.verticles.demo;

import io.bagpipe.model.data.ImageSource;
import io.bagpipe.model.data.LabelledImage;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.sender.ImageSender;
import io.bagpipe.streams.sender.SenderSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pushes a data set as any producer would: one record an image, in an order drawn from the seed,
 * again from the start under the same keys when more are wanted than there are. Blocks its thread.
 */
public final class Pusher {
  private static final long PATIENCE_SECONDS = 120;

  private final Vertx vertx;
  private final KafkaSettings kafka;
  private final String topic;
  private final AtomicLong acknowledged = new AtomicLong();

  public Pusher(Vertx vertx, KafkaSettings kafka, String topic) {
    this.vertx = vertx;
    this.kafka = kafka;
    this.topic = topic;
  }

  /** Images that the broker has acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** Pushes this many images and waits until all are acknowledged. */
  public void push(ImageSource source, long images, long seed)
      throws IOException, InterruptedException {
    List<Integer> order = order(source.size(), seed);
    ImageSender sender = new ImageSender(vertx, kafka, SenderSettings.to(topic));
    try {
      for (long i = 0; i < images; i++) {
        send(sender, source.get(order.get((int) (i % order.size()))));
      }
      await(sender.flush());
    } finally {
      await(sender.close());
    }
    if (acknowledged.get() != images) {
      throw new IOException(
          "only " + acknowledged.get() + " of " + images + " images were acknowledged");
    }
  }

  /** The order in which so many images are pushed: each once, drawn from the seed. */
  public static List<Integer> order(int images, long seed) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    return order;
  }

  private void send(ImageSender sender, LabelledImage image)
      throws IOException, InterruptedException {
    String label = image.label();
    Map<String, byte[]> headers =
        label == null ? Map.of() : Map.of("label", label.getBytes(StandardCharsets.UTF_8));
    await(sender.ready(image.encoded().length));
    sender
        .send(image.id().getBytes(StandardCharsets.UTF_8), image.encoded(), headers)
        .onSuccess(where -> acknowledged.incrementAndGet());
  }

  private static void await(Future<?> future) throws IOException, InterruptedException {
    if (future.succeeded()) {
      return;
    }
    try {
      future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("pushing images: " + e.getMessage(), e);
    }
  }
}
