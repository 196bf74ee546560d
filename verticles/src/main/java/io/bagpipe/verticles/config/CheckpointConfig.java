package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.duration;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.text;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import java.time.Duration;
import java.util.List;

/**
 * When the student is saved, and where.
 *
 * @param dir of the checkpoints; empty: in the data directory
 */
public record CheckpointConfig(Duration every, long everyImages, int keep, String dir) {
  static final Key<Duration> EVERY =
      new Key<>(
          "checkpoint.every",
          duration(Duration.ofSeconds(1), Duration.ofDays(7)),
          "60s",
          "Time between two checkpoints; after a crash at most so much work is done again.");
  static final Key<Long> EVERY_IMAGES =
      new Key<>(
          "checkpoint.every-images",
          whole(0, Long.MAX_VALUE),
          "0",
          "Anchors between two checkpoints, whatever the clock says; 0: the clock alone.");
  static final Key<Integer> KEEP =
      new Key<>("checkpoint.keep", integer(1, 10_000), "3", "Checkpoints kept, newest first.");

  static final Key<String> DIR =
      new Key<>(
          "checkpoint.dir",
          text("a directory, or empty for run/checkpoints in data.dir", s -> true),
          "",
          "Where checkpoints are kept. Processes on several hosts that may take over the student from"
              + " one another share it.");

  static final List<Key<?>> KEYS = List.of(EVERY, EVERY_IMAGES, KEEP, DIR);

  /** The built-in time between two checkpoints. */
  public static Duration standardEvery() {
    return EVERY.type().parse(EVERY.standard());
  }

  static CheckpointConfig from(Values v) {
    String dir = v.get(DIR);
    return new CheckpointConfig(
        v.get(EVERY),
        v.get(EVERY_IMAGES),
        v.get(KEEP),
        dir.isEmpty() ? "" : v.path(dir).toString());
  }
}
