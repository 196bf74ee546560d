package io.bagpipe.verticles.ops;

import io.bagpipe.streams.reference.FetchCounts;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What fetching images by reference comes to, as Prometheus sees it. */
final class ReferenceMeters {
  private ReferenceMeters() {}

  static void bind(MeterRegistry registry, StatusBoard board) {
    counter(board, "images", "Images fetched", FetchCounts.Now::fetches).register(registry);
    counter(board, "images.bytes", "Bytes of images fetched", FetchCounts.Now::bytes)
        .register(registry);
    counter(board, "seconds", "Time that fetches took, together", FetchCounts.Now::seconds)
        .register(registry);
    String failures = "Fetches that brought no image, for good or for now";
    counter(board, "failures", failures, FetchCounts.Now::refused)
        .tag("for", "good")
        .register(registry);
    counter(board, "failures", failures, FetchCounts.Now::delayed)
        .tag("for", "now")
        .register(registry);
  }

  private static FunctionCounter.Builder<StatusBoard> counter(
      StatusBoard board, String name, String description, ToDoubleFunction<FetchCounts.Now> count) {
    return FunctionCounter.builder("bagpipe.references." + name, board, b -> of(b, count))
        .description(description);
  }

  private static double of(StatusBoard board, ToDoubleFunction<FetchCounts.Now> count) {
    FetchCounts.Now now = board.latestReferences();
    return now == null ? 0 : count.applyAsDouble(now);
  }
}
