package io.bagpipe.verticles.ops.status;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Watches whether Kafka answers what the operations side asks it every few seconds. Confined to the
 * event loop.
 */
final class KafkaWatch {
  private final Duration patience;
  private String name = "Kafka";
  private Instant answered;
  private String fault = "";
  private boolean heals = true;

  /** The same moment by the calendar, for people; {@code answered} only measures. */
  private Instant answeredAt = Instant.now();

  /**
   * @param patience without an answer before Kafka is taken to be away
   */
  KafkaWatch(Duration patience, Instant now) {
    this.patience = patience;
    this.answered = now;
  }

  /** As it is called in sentences: with its address. */
  void named(String words) {
    name = words;
  }

  void answered(Instant now) {
    answered = now;
    answeredAt = Instant.now();
    fault = "";
    heals = true;
  }

  /** Asked in vain; why it was is added to the reason. */
  void failed(Throwable error) {
    fault = ": " + error.getMessage();
    heals = !(error instanceof TopicMissingException);
  }

  boolean away(Instant now) {
    return silentFor(now).compareTo(patience) > 0;
  }

  private Duration silentFor(Instant now) {
    return Duration.between(answered, now);
  }

  /** Where it is and since when it has not answered; empty when it does. */
  String reason(Instant now) {
    return away(now)
        ? "%s has not answered since %s (%s)%s"
            .formatted(
                name, answeredAt.truncatedTo(ChronoUnit.SECONDS), Words.time(silentFor(now)), fault)
        : "";
  }

  /** What becomes of it, to follow the reason. */
  String outlook() {
    return heals
        ? "; work goes on by itself when it does."
        : "; start Bagpipe again: it makes the topics that are missing.";
  }

  JsonObject json(Instant now) {
    return new JsonObject()
        .put("answers", !away(now))
        .put("answeredAt", answeredAt.toEpochMilli())
        .put("reason", reason(now));
  }
}
