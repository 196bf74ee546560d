package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.duration;

import java.time.Duration;
import java.util.List;

/** How the service ends. */
public record ShutdownConfig(Duration deadline) {
  static final Key<Duration> DEADLINE =
      new Key<>(
          "shutdown.deadline",
          duration(Duration.ofMillis(100), Duration.ofHours(1)),
          "30s",
          "On SIGTERM, work in flight has this long to drain before the last checkpoint.");

  static final List<Key<?>> KEYS = List.of(DEADLINE);

  static ShutdownConfig from(Values v) {
    return new ShutdownConfig(v.get(DEADLINE));
  }
}
