package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.duration;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import java.time.Duration;
import java.util.List;

/** When the student is saved. */
public record CheckpointConfig(Duration every, long everyImages, int keep) {
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

  static final List<Key<?>> KEYS = List.of(EVERY, EVERY_IMAGES, KEEP);

  /** The built-in time between two checkpoints. */
  public static Duration standardEvery() {
    return EVERY.type().parse(EVERY.standard());
  }

  static CheckpointConfig from(Values v) {
    return new CheckpointConfig(v.get(EVERY), v.get(EVERY_IMAGES), v.get(KEEP));
  }
}
