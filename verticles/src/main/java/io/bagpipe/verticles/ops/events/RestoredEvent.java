package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A student goes on from a checkpoint.
 *
 * @param anchors trained when that was written
 * @param loss of late then; NaN where it is not known
 * @param evaluation the last one then; null where it is not known
 */
public record RestoredEvent(
    long anchors, double loss, @Nullable EvaluationEvent evaluation, Instant at)
    implements OpsEvent {
  static final String TYPE = "restored";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("anchors", anchors)
        .put("loss", Wire.finite(loss))
        .put("evaluation", evaluation == null ? null : evaluation.toJson());
  }

  static RestoredEvent fromJson(JsonObject json) {
    JsonObject evaluation = json.getJsonObject("evaluation");
    return new RestoredEvent(
        json.getLong("anchors"),
        Wire.number(json, "loss"),
        evaluation == null ? null : EvaluationEvent.fromJson(evaluation),
        Wire.at(json));
  }
}
