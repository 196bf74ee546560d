package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * One training step, or the mean of a few: at most about ten a second.
 *
 * @param anchors trained so far in this run, over all restarts
 * @param loss (query + member + mix) / 3, nats
 * @param lossQuery term of the anchor's query view
 * @param lossMember term of the bag's member
 * @param lossMix term of their CutMix
 * @param learningRate used for this step
 * @param anchorsPerSecond the student's speed just now
 */
public record StepEvent(
    long anchors,
    double loss,
    double lossQuery,
    double lossMember,
    double lossMix,
    double learningRate,
    double anchorsPerSecond,
    Instant at)
    implements OpsEvent {
  static final String TYPE = "step";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("anchors", anchors)
        .put("loss", Wire.finite(loss))
        .put("lossQuery", Wire.finite(lossQuery))
        .put("lossMember", Wire.finite(lossMember))
        .put("lossMix", Wire.finite(lossMix))
        .put("learningRate", Wire.finite(learningRate))
        .put("anchorsPerSecond", Wire.finite(anchorsPerSecond));
  }

  static StepEvent fromJson(JsonObject json) {
    return new StepEvent(
        json.getLong("anchors"),
        Wire.number(json, "loss"),
        Wire.number(json, "lossQuery"),
        Wire.number(json, "lossMember"),
        Wire.number(json, "lossMix"),
        Wire.number(json, "learningRate"),
        Wire.number(json, "anchorsPerSecond"),
        Wire.at(json));
  }
}
