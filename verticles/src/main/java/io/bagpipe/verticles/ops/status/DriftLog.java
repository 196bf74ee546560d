package io.bagpipe.verticles.ops.status;

import io.bagpipe.verticles.ops.events.DriftEvent;
import io.bagpipe.verticles.ops.events.DriftLevelEvent;
import io.bagpipe.verticles.ops.events.DriftReachedEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stream's changes, each once, however often it is told. Confined to the event loop. */
final class DriftLog {
  private static final int MOST = 100;

  /** The newest ones' pictures are shown. */
  private static final int WITH_PICTURES = 10;

  private final Map<String, DriftEvent> found = new HashMap<>();
  private final Map<String, DriftReachedEvent> reached = new HashMap<>();
  private DriftLevelEvent.@Nullable Level level;

  void accept(OpsEvent event) {
    if (event instanceof DriftLevelEvent said) {
      level = said.level();
    } else if (event instanceof DriftEvent said) {
      found.put(said.name(), said);
      if (found.size() > MOST) {
        found.values().stream()
            .min(Comparator.comparing(DriftEvent::at))
            .ifPresent(oldest -> found.remove(oldest.name()));
      }
    } else if (event instanceof DriftReachedEvent said) {
      reached.put(said.name(), said);
      if (reached.size() > MOST) {
        reached.values().stream()
            .min(Comparator.comparingLong(DriftReachedEvent::anchors))
            .ifPresent(oldest -> reached.remove(oldest.name()));
      }
    }
  }

  DriftLevelEvent.@Nullable Level level() {
    return level;
  }

  /** The newest change first. */
  JsonObject toJson() {
    JsonArray events = new JsonArray();
    found.values().stream()
        .sorted(Comparator.comparing(DriftEvent::at).reversed().thenComparing(DriftEvent::name))
        .forEach(
            event -> {
              JsonObject json = event.toJson();
              if (events.size() >= WITH_PICTURES) {
                json.remove("before");
                json.remove("after");
              }
              DriftReachedEvent there = reached.get(event.name());
              if (there != null) {
                json.put("anchors", there.anchors()).put("restarted", there.restarted());
              }
              events.add(json);
            });
    DriftLevelEvent.Level now = level;
    return new JsonObject()
        .put("level", now == null ? null : new DriftLevelEvent(now, Instant.now()).toJson())
        .put("events", events);
  }
}
