package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How good the student is.
 *
 * @param anchors trained when it was measured
 * @param knnTop1 weighted kNN accuracy in [0, 1]; null without labels
 * @param linearTop1 accuracy of the fast linear probe on the frozen features, in [0, 1]; null
 *     without labels, and of an evaluation of before it was measured
 * @param rankMe effective rank of the features
 * @param featureStd standard deviation per dimension of the unit features; near 0: collapsed
 */
public record EvaluationEvent(
    long anchors,
    @Nullable Double knnTop1,
    @Nullable Double linearTop1,
    double rankMe,
    double featureStd,
    Instant at)
    implements OpsEvent {
  static final String TYPE = "evaluation";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("anchors", anchors)
        .put("knnTop1", Wire.finite(knnTop1))
        .put("linearTop1", Wire.finite(linearTop1))
        .put("rankMe", Wire.finite(rankMe))
        .put("featureStd", Wire.finite(featureStd));
  }

  static EvaluationEvent fromJson(JsonObject json) {
    return new EvaluationEvent(
        json.getLong("anchors"),
        json.getDouble("knnTop1"),
        json.getDouble("linearTop1"),
        Wire.number(json, "rankMe"),
        Wire.number(json, "featureStd"),
        Wire.at(json));
  }
}
