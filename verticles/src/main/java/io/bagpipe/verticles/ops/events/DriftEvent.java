package io.bagpipe.verticles.ops.events;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;

/**
 * The stream has changed, as the bag index found. May be told again, after a restart for instance,
 * under the same name.
 *
 * @param name of the change, {@code PARTITION-OFFSET} in {@code images} of the image that showed it
 * @param partition that it is a change of
 * @param images of that partition before it was seen, the one that showed it included
 * @param before keys of some images before the change
 * @param after keys of some after it
 * @param at when the record with that image was written
 */
public record DriftEvent(
    String name,
    int partition,
    long images,
    Measures measures,
    List<String> before,
    List<String> after,
    Instant at)
    implements OpsEvent {
  static final String TYPE = "drift";

  /**
   * How it shows.
   *
   * @param window newest images that showed it
   * @param statistic squared maximum mean discrepancy between them and the reference
   * @param threshold that it exceeds
   * @param frechet squared Fréchet distance between them and as many images before; NaN: not known
   * @param frechetBefore between those and as many before them: what chance makes of it
   */
  public record Measures(
      int window, double statistic, double threshold, double frechet, double frechetBefore) {}

  public DriftEvent {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("name", name)
        .put("partition", partition)
        .put("images", images)
        .put("window", measures.window())
        .put("statistic", Wire.finite(measures.statistic()))
        .put("threshold", Wire.finite(measures.threshold()))
        .put("frechet", Wire.finite(measures.frechet()))
        .put("frechetBefore", Wire.finite(measures.frechetBefore()))
        .put("before", new JsonArray(before))
        .put("after", new JsonArray(after));
  }

  static DriftEvent fromJson(JsonObject json) {
    return new DriftEvent(
        json.getString("name"),
        json.getInteger("partition"),
        json.getLong("images"),
        new Measures(
            json.getInteger("window"),
            Wire.number(json, "statistic"),
            Wire.number(json, "threshold"),
            Wire.number(json, "frechet"),
            Wire.number(json, "frechetBefore")),
        strings(json.getJsonArray("before")),
        strings(json.getJsonArray("after")),
        Wire.at(json));
  }

  private static List<String> strings(JsonArray array) {
    return array.stream().map(Object::toString).toList();
  }
}
