package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * The eras of the stream, and how the student does on each.
 *
 * @param anchors trained until then
 * @param eras in order: number, name, began (anchors), images (of its probe set), frozen, scores
 *     (by era in which they were had last: knnTop1, linearTop1, agreement; null where not known)
 * @param measures of kNN, or of the agreement with the teacher where there are no labels:
 *     averageAccuracy, forgetting, backwardTransfer, forwardTransfer; null where not known
 */
public record ErasEvent(long anchors, JsonArray eras, JsonObject measures, Instant at)
    implements OpsEvent {
  static final String TYPE = "eras";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this).put("anchors", anchors).put("eras", eras).put("measures", measures);
  }

  static ErasEvent fromJson(JsonObject json) {
    return new ErasEvent(
        json.getLong("anchors"),
        json.getJsonArray("eras"),
        json.getJsonObject("measures"),
        Wire.at(json));
  }
}
