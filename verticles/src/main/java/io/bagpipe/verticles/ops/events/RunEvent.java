package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the service is doing now.
 *
 * @param run the run's id
 * @param state of the run as a whole
 * @param sentence for people: "Training on the demo's images."; may be empty
 * @param imagesGoal how many images this run expects, where that is known (the demo)
 */
public record RunEvent(
    String run, StageState state, String sentence, @Nullable Long imagesGoal, Instant at)
    implements OpsEvent {
  static final String TYPE = "run";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("run", run)
        .put("state", Wire.id(state))
        .put("sentence", sentence)
        .put("imagesGoal", imagesGoal);
  }

  static RunEvent fromJson(JsonObject json) {
    return new RunEvent(
        json.getString("run", ""),
        Wire.parse(StageState.class, "state", json.getString("state")),
        json.getString("sentence", ""),
        json.getLong("imagesGoal"),
        Wire.at(json));
  }
}
