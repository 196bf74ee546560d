package io.bagpipe.verticles.service;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.sender.ImageSender;
import io.bagpipe.streams.sender.ImageTooLargeException;
import io.bagpipe.streams.sender.SenderFullException;
import io.bagpipe.streams.sender.SenderSettings;
import io.bagpipe.verticles.config.LimitsConfig;
import io.bagpipe.verticles.ops.ImageIngest;
import io.bagpipe.verticles.ops.LagSource;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.status.TopicMissingException;
import io.bagpipe.verticles.stage.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * What the operations side sees of Kafka: how far behind each stage is, and the door for images
 * that come by HTTP, which shuts while the first stage is too far behind. Any thread; nothing
 * blocks.
 */
final class KafkaDoor implements ImageIngest, LagSource {
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final TopicAdmin admin;
  private final ImageSender sender;
  private final Topics topics;
  private final String service;
  private final String name;
  private final LimitsConfig.Names names;
  private final long backlog;
  private volatile long imagesLag;

  /**
   * @param service whose stages are asked how far behind they are
   * @param limits of an image
   * @param backlog images that the first stage has not handled, above which the door shuts
   */
  KafkaDoor(
      Vertx vertx,
      KafkaSettings kafka,
      String service,
      Topics topics,
      LimitsConfig limits,
      long backlog) {
    this.admin = new TopicAdmin(vertx, kafka);
    this.sender =
        new ImageSender(
            vertx,
            kafka,
            new SenderSettings(
                topics.images(), Math.toIntExact(limits.recordBytes()), 1_000, 64L << 20));
    this.topics = topics;
    this.service = service;
    this.name = "Kafka at " + kafka.bootstrapServers();
    this.names = limits.names();
    this.backlog = backlog;
  }

  @Override
  public Future<Map<String, Map<Integer, Long>>> lags() {
    Map<String, Map<Integer, Long>> lags = new HashMap<>();
    return lag(topics.images(), Stage.AUGMENT, lags)
        .onSuccess(lag -> imagesLag = sum(lag)) // whatever becomes of the other questions
        .compose(before -> lag(topics.views(), Stage.TEACHER, lags))
        .compose(before -> lag(topics.embeddings(), Stage.BAGS, lags))
        .compose(before -> lag(topics.bags(), Stage.STUDENT, lags))
        .map(done -> lags);
  }

  private Future<Map<Integer, Long>> lag(
      String topic, Stage reader, Map<String, Map<Integer, Long>> lags) {
    return admin
        .lag(Settings.group(service, reader.id()), topic)
        .recover(error -> Future.failedFuture(named(topic, error)))
        .onSuccess(lag -> lags.put(reader.input(), lag));
  }

  private static Throwable named(String topic, Throwable error) {
    return error instanceof UnknownTopicOrPartitionException
        ? new TopicMissingException(topic, error)
        : error;
  }

  @Override
  public String name() {
    return name;
  }

  private static long sum(Map<Integer, Long> lag) {
    return lag.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public @Nullable String refusal(@Nullable String key, @Nullable String label) {
    return names.refusal(key, label);
  }

  @Override
  public Future<Answer> offer(@Nullable String key, byte[] bytes, Map<String, String> headers) {
    if (imagesLag > backlog) {
      return Future.succeededFuture(new Busy(RETRY));
    }
    Map<String, byte[]> raw = new HashMap<>();
    headers.forEach((name, value) -> raw.put(name, value.getBytes(StandardCharsets.UTF_8)));
    byte[] id = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    return sender
        .send(id, bytes, raw)
        .<Answer>map(
            where ->
                new Accepted(
                    key == null ? where.partition() + "-" + where.offset() : key,
                    where.partition(),
                    where.offset()))
        .recover(KafkaDoor::refused);
  }

  private static Future<Answer> refused(Throwable error) {
    if (error instanceof SenderFullException) {
      return Future.succeededFuture(new Busy(RETRY));
    }
    return error instanceof ImageTooLargeException
        ? Future.failedFuture(error)
        : Future.succeededFuture(new Unavailable("Kafka does not answer: " + error.getMessage()));
  }

  /** After the verticle that uses it has stopped. */
  Future<Void> close() {
    return sender.close().eventually(admin::close);
  }
}
