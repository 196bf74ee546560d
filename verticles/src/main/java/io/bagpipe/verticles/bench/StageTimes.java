package io.bagpipe.verticles.bench;

import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the heartbeats of a running service's stages, to tell their rates and utilisation between
 * two counts of images. Thread-safe.
 */
final class StageTimes {
  private final Map<Stage, List<StageEvent>> beats = new EnumMap<>(Stage.class);

  StageTimes(Vertx vertx) {
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            Addresses.EVENTS,
            message -> {
              if (OpsEvent.fromJson(message.body()) instanceof StageEvent beat) {
                add(beat);
              }
            });
  }

  private synchronized void add(StageEvent beat) {
    beats.computeIfAbsent(beat.stage(), stage -> new ArrayList<>()).add(beat);
  }

  /** Images a stage has handled. */
  synchronized long handled(Stage stage) {
    List<StageEvent> of = beats.getOrDefault(stage, List.of());
    return of.isEmpty() ? 0 : of.get(of.size() - 1).flow().in();
  }

  /** Dead letters of all stages. */
  synchronized long deadLetters() {
    return beats.values().stream()
        .mapToLong(of -> of.get(of.size() - 1).flow().deadLetters())
        .sum();
  }

  /**
   * A stage between two heartbeats.
   *
   * @param perSecond images a second
   * @param busy share of the time in which it worked, in [0, 1]
   */
  record Span(double perSecond, double busy) {}

  /**
   * From the first heartbeat at or after {@code from} images to the last before {@code to}; null
   * when the stage was too fast for two heartbeats.
   */
  synchronized @Nullable Span span(Stage stage, long from, long to) {
    List<StageEvent> of =
        beats.getOrDefault(stage, List.of()).stream()
            .filter(beat -> beat.flow().in() >= from && beat.flow().in() < to)
            .toList();
    if (of.size() < 2) {
      return null;
    }
    double seconds = 0;
    double busy = 0;
    for (int i = 1; i < of.size(); i++) {
      double step = seconds(of.get(i - 1), of.get(i));
      seconds += step;
      busy += step * of.get(i).busy();
    }
    long images = of.get(of.size() - 1).flow().in() - of.get(0).flow().in();
    return new Span(images / seconds, busy / seconds);
  }

  private static double seconds(StageEvent before, StageEvent after) {
    return Math.max(1e-3, Duration.between(before.at(), after.at()).toNanos() / 1e9);
  }
}
