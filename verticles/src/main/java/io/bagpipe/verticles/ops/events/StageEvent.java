package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A stage's heartbeat: where it stands. Publish one about every second, also while waiting, and one
 * at once when the state changes; a stage not heard of for ten seconds is shown as silent.
 *
 * @param flow counts since the process started
 * @param busy share of its worker's time spent working since the last event, in [0, 1]
 * @param queue items waiting inside the stage, and its capacity
 * @param gate of the stage's output
 * @param input what waits before the stage
 * @param doing what it is at
 * @param said one sentence for people, and when
 */
public record StageEvent(
    Stage stage,
    Flow flow,
    double busy,
    Queue queue,
    Gate gate,
    Input input,
    Doing doing,
    Said said)
    implements OpsEvent {
  static final String TYPE = "stage";

  /** What went through: images in, images out, dead letters, and images a second just now. */
  public record Flow(long in, long out, long deadLetters, double ratePerSecond) {}

  /**
   * What waits before a stage.
   *
   * @param lag records of its input not yet committed; -1: not known
   * @param partitions of its input topic that it has; null: not known, or all
   */
  public record Input(long lag, @Nullable Set<Integer> partitions) {
    /** Nothing is known. */
    public static final Input UNKNOWN = new Input(-1, null);

    public Input {
      partitions = partitions == null ? null : Set.copyOf(partitions);
    }

    /** Of these partitions, behind by nobody knows how much. */
    public static Input of(Set<Integer> partitions) {
      return new Input(-1, partitions);
    }
  }

  /**
   * What a stage is at.
   *
   * @param work how far it is with something that takes long; null: with nothing
   */
  public record Doing(StageState state, @Nullable Work work) {
    /** Nothing that has a measure. */
    public static Doing plain(StageState state) {
      return new Doing(state, null);
    }
  }

  /**
   * Something that takes long, and shows that it goes on by what changes here.
   *
   * @param unit of the counts: {@code images}, {@code records}; empty: only bytes are counted
   * @param all of them, -1: not known
   */
  public record Work(String unit, long done, long all, long bytes) {}

  /** A bounded queue. */
  public record Queue(int size, int capacity) {}

  /** A sentence for people (may be empty) and when it was said. */
  public record Said(String message, Instant at) {}

  /** A stage that is at nothing with a measure, and does not say which partitions it has. */
  public StageEvent(
      Stage stage,
      Flow flow,
      double busy,
      Queue queue,
      Gate gate,
      long lag,
      StageState state,
      Said said) {
    this(stage, flow, busy, queue, gate, new Input(lag, null), Doing.plain(state), said);
  }

  /** What it is doing. */
  public StageState state() {
    return doing.state();
  }

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
        .put("lag", input.lag())
        .put("partitions", partitions(input.partitions()))
        .put("state", Wire.id(doing.state()))
        .put("work", json(doing.work()))
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
        new Input(json.getLong("lag", -1L), partitions(json.getJsonArray("partitions"))),
        new Doing(
            Wire.parse(StageState.class, "state", json.getString("state")),
            work(json.getJsonObject("work"))),
        new Said(json.getString("message", ""), Wire.at(json)));
  }

  private static @Nullable JsonArray partitions(@Nullable Set<Integer> partitions) {
    if (partitions == null) {
      return null;
    }
    JsonArray array = new JsonArray();
    new TreeSet<>(partitions).forEach(array::add);
    return array;
  }

  private static @Nullable Set<Integer> partitions(@Nullable JsonArray array) {
    if (array == null) {
      return null;
    }
    Set<Integer> partitions = new TreeSet<>();
    for (int i = 0; i < array.size(); i++) {
      partitions.add(array.getInteger(i));
    }
    return partitions;
  }

  private static @Nullable JsonObject json(@Nullable Work work) {
    return work == null
        ? null
        : new JsonObject()
            .put("unit", work.unit())
            .put("done", work.done())
            .put("all", work.all())
            .put("bytes", work.bytes());
  }

  private static @Nullable Work work(@Nullable JsonObject json) {
    return json == null
        ? null
        : new Work(
            json.getString("unit", ""),
            json.getLong("done", 0L),
            json.getLong("all", -1L),
            json.getLong("bytes", 0L));
  }
}
