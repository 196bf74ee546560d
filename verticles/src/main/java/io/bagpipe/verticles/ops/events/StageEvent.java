package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A stage's heartbeat: where it stands. Publish one about every second, also while waiting, and one
 * at once when the state changes; a stage not heard of for ten seconds is shown as silent.
 *
 * @param flow counts since the process started
 * @param busy share of its worker's time spent working since the last event, in [0, 1]
 * @param queue items waiting inside the stage, and its capacity
 * @param gate of the stage's output
 * @param lag records of the stage's input topic not yet committed; -1: not known
 * @param said one sentence for people, and when
 */
public record StageEvent(
    Stage stage,
    Flow flow,
    double busy,
    Queue queue,
    Gate gate,
    long lag,
    StageState state,
    Said said)
    implements OpsEvent {
  static final String TYPE = "stage";

  /** What went through: images in, images out, dead letters, and images a second just now. */
  public record Flow(long in, long out, long deadLetters, double ratePerSecond) {}

  /** A bounded queue. */
  public record Queue(int size, int capacity) {}

  /** A sentence for people (may be empty) and when it was said. */
  public record Said(String message, Instant at) {}

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Instant at() {
    return said.at();
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("stage", stage.id())
        .put("in", flow.in())
        .put("out", flow.out())
        .put("deadLetters", flow.deadLetters())
        .put("ratePerSecond", Wire.finite(flow.ratePerSecond()))
        .put("busy", Wire.finite(busy))
        .put("queue", queue.size())
        .put("queueCapacity", queue.capacity())
        .put("gate", Wire.id(gate))
        .put("lag", lag)
        .put("state", Wire.id(state))
        .put("message", said.message());
  }

  static StageEvent fromJson(JsonObject json) {
    return new StageEvent(
        Wire.parse(Stage.class, "stage", json.getString("stage")),
        new Flow(
            json.getLong("in", 0L),
            json.getLong("out", 0L),
            json.getLong("deadLetters", 0L),
            Wire.number(json, "ratePerSecond")),
        Wire.number(json, "busy"),
        new Queue(json.getInteger("queue", 0), json.getInteger("queueCapacity", 0)),
        Wire.parse(Gate.class, "gate", json.getString("gate", "none")),
        json.getLong("lag", -1L),
        Wire.parse(StageState.class, "state", json.getString("state")),
        new Said(json.getString("message", ""), Wire.at(json)));
  }
}
