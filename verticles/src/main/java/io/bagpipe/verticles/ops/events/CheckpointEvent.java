package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A checkpoint was written and verified.
 *
 * @param file its path relative to the runs directory, with '/'
 * @param anchors trained when it was taken
 * @param bytes its size
 * @param seconds it took to write
 */
public record CheckpointEvent(String file, long anchors, long bytes, double seconds, Instant at)
    implements OpsEvent {
  static final String TYPE = "checkpoint";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("file", file)
        .put("anchors", anchors)
        .put("bytes", bytes)
        .put("seconds", Wire.finite(seconds));
  }

  static CheckpointEvent fromJson(JsonObject json) {
    return new CheckpointEvent(
        json.getString("file", ""),
        json.getLong("anchors"),
        json.getLong("bytes", 0L),
        Wire.number(json, "seconds"),
        Wire.at(json));
  }
}
