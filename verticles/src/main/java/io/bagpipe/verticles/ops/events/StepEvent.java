package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One training step, or the mean of a few: at most about ten a second.
 *
 * @param anchors trained so far in this run, over all restarts
 * @param loss what is descended; nats where it is a cross-entropy
 * @param terms of the loss, by the names that the objective gives them, in its order
 * @param learningRate used for this step
 * @param anchorsPerSecond the student's speed just now
 */
public record StepEvent(
    long anchors,
    double loss,
    Map<String, Double> terms,
    double learningRate,
    double anchorsPerSecond,
    Instant at)
    implements OpsEvent {
  static final String TYPE = "step";

  public StepEvent {
    terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("anchors", anchors)
        .put("loss", Wire.finite(loss))
        .put("terms", json(terms))
        .put("learningRate", Wire.finite(learningRate))
        .put("anchorsPerSecond", Wire.finite(anchorsPerSecond));
  }

  static StepEvent fromJson(JsonObject json) {
    return new StepEvent(
        json.getLong("anchors"),
        Wire.number(json, "loss"),
        terms(json.getJsonObject("terms", new JsonObject())),
        Wire.number(json, "learningRate"),
        Wire.number(json, "anchorsPerSecond"),
        Wire.at(json));
  }

  private static JsonObject json(Map<String, Double> terms) {
    JsonObject json = new JsonObject();
    terms.forEach((name, value) -> json.put(name, Wire.finite(value)));
    return json;
  }

  private static Map<String, Double> terms(JsonObject json) {
    Map<String, Double> terms = new LinkedHashMap<>();
    json.fieldNames().forEach(name -> terms.put(name, Wire.number(json, name)));
    return terms;
  }
}
