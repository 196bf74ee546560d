package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rolling kNN index, all windows of a process together, every few seconds.
 *
 * @param size rows in the window
 * @param live rows that are neither replaced nor removed
 * @param bytes the window's memory, pixels included
 * @param ageSpanSeconds between the oldest and the newest entry
 * @param purity share of bag members with their anchor's label, in [0, 1]; null without labels
 * @param meanSimilarity of members to their anchors, cosine
 * @param turnover what came and went
 * @param memory what is remembered to be rehearsed
 */
public record IndexEvent(
    long size,
    long live,
    long bytes,
    double ageSpanSeconds,
    @Nullable Double purity,
    double meanSimilarity,
    Turnover turnover,
    Memory memory,
    Instant at)
    implements OpsEvent {
  /**
   * Counts since the windows were opened; what was read back from the log counts as pushed.
   *
   * @param pushes entries taken
   * @param replaced entries that a push under the same key took the place of
   * @param removed entries taken out by key
   * @param evicted entries that left as the oldest
   * @param bags drawn
   * @param alone bags without a neighbour
   * @param passedOver members that could not be decoded, so that others took their place
   */
  public record Turnover(
      long pushes,
      long replaced,
      long removed,
      long evicted,
      long bags,
      long alone,
      long passedOver) {
    /** Nothing has happened. */
    public static final Turnover NONE = new Turnover(0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * The memories of earlier images, all of a process together.
   *
   * @param images that are in them
   * @param bytes of their files and embeddings
   * @param rehearsed anchors that came out of them since the process began
   */
  public record Memory(long images, long bytes, long rehearsed) {
    /** Nothing is remembered. */
    public static final Memory NONE = new Memory(0, 0, 0);
  }

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
        .put("meanSimilarity", Wire.finite(meanSimilarity))
        .put("pushes", turnover.pushes())
        .put("replaced", turnover.replaced())
        .put("removed", turnover.removed())
        .put("evicted", turnover.evicted())
        .put("bags", turnover.bags())
        .put("alone", turnover.alone())
        .put("passedOver", turnover.passedOver())
        .put("remembered", memory.images())
        .put("rememberedBytes", memory.bytes())
        .put("rehearsed", memory.rehearsed());
  }

  static IndexEvent fromJson(JsonObject json) {
    return new IndexEvent(
        json.getLong("size", 0L),
        json.getLong("live", 0L),
        json.getLong("bytes", 0L),
        Wire.number(json, "ageSpanSeconds"),
        json.getDouble("purity"),
        Wire.number(json, "meanSimilarity"),
        new Turnover(
            json.getLong("pushes", 0L),
            json.getLong("replaced", 0L),
            json.getLong("removed", 0L),
            json.getLong("evicted", 0L),
            json.getLong("bags", 0L),
            json.getLong("alone", 0L),
            json.getLong("passedOver", 0L)),
        new Memory(
            json.getLong("remembered", 0L),
            json.getLong("rememberedBytes", 0L),
            json.getLong("rehearsed", 0L)),
        Wire.at(json));
  }
}
