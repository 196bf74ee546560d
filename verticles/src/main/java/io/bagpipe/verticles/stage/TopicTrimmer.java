package io.bagpipe.verticles.stage;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from an inner topic, now and then, what no restart needs any more. What is needed is its
 * consumer's business: the trimmer asks it, given what it has committed. Confined to the verticle's
 * context.
 */
public final class TopicTrimmer {
  private static final Logger LOG = LoggerFactory.getLogger(TopicTrimmer.class);
  private static final long PERIOD_MILLIS = 15_000;

  private final Vertx vertx;
  private final TopicAdmin admin;
  private final String topic;
  private final String group;
  private final UnaryOperator<Map<Integer, Long>> needed;
  private final Map<Integer, Long> trimmed = new HashMap<>();
  private long timer = -1;

  /**
   * @param group of the topic's consumer
   * @param needed from the committed offset of each partition to the first one still needed; no
   *     entry: all is
   */
  public TopicTrimmer(
      Vertx vertx,
      KafkaSettings kafka,
      String topic,
      String group,
      UnaryOperator<Map<Integer, Long>> needed) {
    this.vertx = vertx;
    this.admin = new TopicAdmin(vertx, kafka);
    this.topic = topic;
    this.group = group;
    this.needed = needed;
  }

  public void start() {
    timer = vertx.setPeriodic(PERIOD_MILLIS, tick -> trim());
  }

  private void trim() {
    admin
        .committedOffsets(group, topic)
        .compose(committed -> trim(needed.apply(committed)))
        .onFailure(e -> LOG.debug("topic {} was not trimmed: {}", topic, e.toString()));
  }

  private Future<?> trim(Map<Integer, Long> from) {
    Future<?> last = Future.succeededFuture();
    for (Map.Entry<Integer, Long> entry : from.entrySet()) {
      int partition = entry.getKey();
      long before = entry.getValue();
      if (before > trimmed.getOrDefault(partition, 0L)) {
        last =
            last.compose(done -> admin.trim(topic, partition, before))
                .onSuccess(done -> trimmed.put(partition, before));
      }
    }
    return last;
  }

  public Future<?> stop() {
    vertx.cancelTimer(timer);
    return admin.close();
  }
}
