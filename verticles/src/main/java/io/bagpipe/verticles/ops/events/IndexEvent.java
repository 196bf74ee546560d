package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rolling kNN index, every few seconds.
 *
 * @param size rows in the window
 * @param live rows that are neither replaced nor removed
 * @param bytes the window's memory, pixels included
 * @param ageSpanSeconds between the oldest and the newest entry
 * @param purity share of bag members with their anchor's label, in [0, 1]; null without labels
 * @param meanSimilarity of members to their anchors, cosine
 */
public record IndexEvent(
    long size,
    long live,
    long bytes,
    double ageSpanSeconds,
    @Nullable Double purity,
    double meanSimilarity,
    Instant at)
    implements OpsEvent {
  static final String TYPE = "index";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("size", size)
        .put("live", live)
        .put("bytes", bytes)
        .put("ageSpanSeconds", Wire.finite(ageSpanSeconds))
        .put("purity", Wire.finite(purity))
        .put("meanSimilarity", Wire.finite(meanSimilarity));
  }

  static IndexEvent fromJson(JsonObject json) {
    return new IndexEvent(
        json.getLong("size", 0L),
        json.getLong("live", 0L),
        json.getLong("bytes", 0L),
        Wire.number(json, "ageSpanSeconds"),
        json.getDouble("purity"),
        Wire.number(json, "meanSimilarity"),
        Wire.at(json));
  }
}
