package io.bagpipe.verticles.ops;

import io.bagpipe.verticles.ops.events.DriftLevelEvent;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** How far the stream is from its reference, as Prometheus sees it. */
final class DriftMeters {
  private DriftMeters() {}

  static void bind(MeterRegistry registry, StatusBoard board) {
    gauge(
        registry,
        board,
        "bagpipe.drift.statistic",
        "Squared maximum mean discrepancy of the newest images and the reference",
        DriftLevelEvent.Level::statistic);
    gauge(
        registry,
        board,
        "bagpipe.drift.threshold",
        "What it must exceed for the stream to have changed",
        DriftLevelEvent.Level::threshold);
    FunctionCounter.builder("bagpipe.drift.events", board, DriftMeters::events)
        .description("Changes of the stream, of the partitions that this process has, ever")
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry,
      StatusBoard board,
      String name,
      String description,
      ToDoubleFunction<DriftLevelEvent.Level> value) {
    Gauge.builder(
            name,
            board,
            b -> {
              DriftLevelEvent.Level level = b.latestDrift();
              return level == null ? Double.NaN : value.applyAsDouble(level);
            })
        .description(description)
        .register(registry);
  }

  private static double events(StatusBoard board) {
    DriftLevelEvent.Level level = board.latestDrift();
    return level == null ? 0 : level.events();
  }
}
