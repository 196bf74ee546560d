package io.bagpipe.verticles.service;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.Topics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the inner topics grow when somebody gives {@code images} more partitions while
 * the service runs. Until they have, the new partitions wait, and the others go on. One a process;
 * the event loop does not wait for it.
 */
final class TopicWatch {
  private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
  private static final long PERIOD_MILLIS = 15_000;

  private final Vertx vertx;
  private final TopicAdmin admin;
  private final long timer;
  private String said = "";

  TopicWatch(Vertx vertx, KafkaSettings kafka, Topics topics) {
    this(vertx, kafka, topics, PERIOD_MILLIS);
  }

  TopicWatch(Vertx vertx, KafkaSettings kafka, Topics topics, long periodMillis) {
    this.vertx = vertx;
    this.admin = new TopicAdmin(vertx, kafka);
    this.timer = vertx.setPeriodic(periodMillis, tick -> look(topics));
  }

  private void look(Topics topics) {
    admin.grow(topics).onFailure(this::say);
  }

  /** Once for each reason: Kafka away is said by all others too. */
  private void say(Throwable error) {
    String reason = error.toString();
    if (!reason.equals(said)) {
      said = reason;
      LOG.warn("the inner topics could not be grown as images was: {}", reason);
    }
  }

  Future<Void> close() {
    vertx.cancelTimer(timer);
    return admin.close();
  }
}
