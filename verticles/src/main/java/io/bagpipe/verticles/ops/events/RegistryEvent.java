package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * Something was decided of a student, and the log has it.
 *
 * @param serving id of the student that serves; empty: none does yet
 * @param servingAnchors that it was trained on
 * @param student whom it was decided of
 * @param stage where that one is now
 * @param reason why, one sentence
 */
public record RegistryEvent(
    String serving, long servingAnchors, String student, String stage, String reason, Instant at)
    implements OpsEvent {
  static final String TYPE = "registry";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("serving", serving)
        .put("servingAnchors", servingAnchors)
        .put("student", student)
        .put("stage", stage)
        .put("reason", reason);
  }

  static RegistryEvent fromJson(JsonObject json) {
    return new RegistryEvent(
        json.getString("serving", ""),
        json.getLong("servingAnchors", 0L),
        json.getString("student", ""),
        json.getString("stage", ""),
        json.getString("reason", ""),
        Wire.at(json));
  }
}
