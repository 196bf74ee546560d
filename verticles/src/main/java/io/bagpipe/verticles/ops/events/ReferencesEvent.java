package io.bagpipe.verticles.ops.events;

import io.bagpipe.streams.reference.FetchCounts;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** What fetching images by reference has come to, every second; since the process started. */
public record ReferencesEvent(FetchCounts.Now counts, Instant at) implements OpsEvent {
  static final String TYPE = "references";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public JsonObject toJson() {
    return Wire.event(this)
        .put("fetches", counts.fetches())
        .put("bytes", counts.bytes())
        .put("refused", counts.refused())
        .put("delayed", counts.delayed())
        .put("seconds", Wire.finite(counts.seconds()));
  }

  static ReferencesEvent fromJson(JsonObject json) {
    return new ReferencesEvent(
        new FetchCounts.Now(
            json.getLong("fetches", 0L),
            json.getLong("bytes", 0L),
            json.getLong("refused", 0L),
            json.getLong("delayed", 0L),
            Wire.number(json, "seconds")),
        Wire.at(json));
  }
}
