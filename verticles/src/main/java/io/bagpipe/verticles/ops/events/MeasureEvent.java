package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a batch in training says of the student: now and then.
 *
 * @param anchors trained when it was measured
 * @param measures by name
 * @param alarms that stand, by name: a sentence that says what was seen and what to do
 */
public record MeasureEvent(
    long anchors, Map<String, Double> measures, Map<String, String> alarms, Instant at)
    implements OpsEvent {
  static final String TYPE = "measure";

  public MeasureEvent {
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    alarms = Collections.unmodifiableMap(new LinkedHashMap<>(alarms));
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    JsonObject numbers = new JsonObject();
    measures.forEach((name, value) -> numbers.put(name, Wire.finite(value)));
    JsonObject sentences = new JsonObject();
    alarms.forEach(sentences::put);
    return Wire.event(this)
        .put("anchors", anchors)
        .put("measures", numbers)
        .put("alarms", sentences);
  }

  static MeasureEvent fromJson(JsonObject json) {
    JsonObject numbers = json.getJsonObject("measures", new JsonObject());
    Map<String, Double> measures = new LinkedHashMap<>();
    numbers.fieldNames().forEach(name -> measures.put(name, Wire.number(numbers, name)));
    JsonObject sentences = json.getJsonObject("alarms", new JsonObject());
    Map<String, String> alarms = new LinkedHashMap<>();
    sentences.fieldNames().forEach(name -> alarms.put(name, sentences.getString(name)));
    return new MeasureEvent(json.getLong("anchors"), measures, alarms, Wire.at(json));
  }
}
