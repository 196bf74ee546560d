package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * The student has been trained on the image that showed a change.
 *
 * @param name of the change, as in {@link DriftEvent}
 * @param anchors trained until then, those of its batch included
 * @param restarted whether the learning rate began anew there
 */
public record DriftReachedEvent(String name, long anchors, boolean restarted, Instant at)
    implements OpsEvent {
  static final String TYPE = "drift-reached";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this).put("name", name).put("anchors", anchors).put("restarted", restarted);
  }

  static DriftReachedEvent fromJson(JsonObject json) {
    return new DriftReachedEvent(
        json.getString("name"),
        json.getLong("anchors"),
        json.getBoolean("restarted", false),
        Wire.at(json));
  }
}
