package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * One image went to the dead-letter topic. Under a flood publish a sample; {@link
 * StageEvent.Flow#deadLetters} has the true count.
 *
 * @param key of the image
 * @param stage that refused it
 * @param errorClass simple name of the error's type
 * @param message why, one line
 * @param partition of the images topic
 * @param offset in that partition
 */
public record DeadLetterEvent(
    String key,
    Stage stage,
    String errorClass,
    String message,
    int partition,
    long offset,
    Instant at)
    implements OpsEvent {
  static final String TYPE = "deadLetter";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("key", key)
        .put("stage", stage.id())
        .put("errorClass", errorClass)
        .put("message", message)
        .put("partition", partition)
        .put("offset", offset);
  }

  static DeadLetterEvent fromJson(JsonObject json) {
    return new DeadLetterEvent(
        json.getString("key", ""),
        Wire.parse(Stage.class, "stage", json.getString("stage")),
        json.getString("errorClass", ""),
        json.getString("message", ""),
        json.getInteger("partition", -1),
        json.getLong("offset", -1L),
        Wire.at(json));
  }
}
