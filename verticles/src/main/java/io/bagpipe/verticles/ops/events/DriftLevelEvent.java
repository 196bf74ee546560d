package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** How far the newest images are from the reference, every few seconds. */
public record DriftLevelEvent(Level level, Instant at) implements OpsEvent {
  static final String TYPE = "drift-level";

  /**
   * Of the partition that is furthest beyond its threshold, or nearest to it.
   *
   * @param statistic squared maximum mean discrepancy; NaN while nothing is compared
   * @param threshold of it; NaN while nothing is compared
   * @param events changes that were ever found in the partitions of this process
   * @param watching whether images are compared, and not gathered for the reference
   */
  public record Level(double statistic, double threshold, long events, boolean watching) {
    /** 1 at the threshold; 0 while nothing is compared. */
    public double ratio() {
      return threshold > 0 ? statistic / threshold : 0;
    }
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("statistic", Wire.finite(level.statistic()))
        .put("threshold", Wire.finite(level.threshold()))
        .put("events", level.events())
        .put("watching", level.watching());
  }

  static DriftLevelEvent fromJson(JsonObject json) {
    return new DriftLevelEvent(
        new Level(
            Wire.number(json, "statistic"),
            Wire.number(json, "threshold"),
            json.getLong("events", 0L),
            json.getBoolean("watching", false)),
        Wire.at(json));
  }
}
