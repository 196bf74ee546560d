package io.bagpipe.verticles.bags;

import io.bagpipe.model.index.WindowStatistics;
import io.bagpipe.verticles.ops.events.IndexEvent;
import java.time.Instant;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the operations side hears of the windows of one process: one word for all of them. */
final class IndexReport {
  private IndexReport() {}

  /**
   * Null without a window.
   *
   * @param passedOver members that could not be decoded
   */
  static @Nullable IndexEvent of(
      List<WindowStatistics> all, long passedOver, IndexEvent.Memory memory, Instant now) {
    if (all.isEmpty()) {
      return null;
    }
    double similarity = mean(all, WindowStatistics::meanSimilarity);
    double purity = mean(all, WindowStatistics::purity);
    return new IndexEvent(
        sum(all, WindowStatistics::size),
        sum(all, WindowStatistics::live),
        sum(all, s -> s.indexBytes() + s.payloadBytes()),
        ageSpanMillis(all) / 1e3,
        Double.isNaN(purity) ? null : purity,
        Double.isNaN(similarity) ? 0 : similarity,
        new IndexEvent.Turnover(
            sum(all, WindowStatistics::pushes),
            sum(all, WindowStatistics::replaced),
            sum(all, WindowStatistics::removed),
            sum(all, WindowStatistics::evicted),
            sum(all, WindowStatistics::anchors),
            sum(all, WindowStatistics::alone),
            passedOver),
        memory,
        now);
  }

  private static long sum(List<WindowStatistics> all, ToLongFunction<WindowStatistics> of) {
    return all.stream().mapToLong(of).sum();
  }

  /** By how many bags each window gave; NaN where none knows. */
  private static double mean(List<WindowStatistics> all, ToDoubleFunction<WindowStatistics> of) {
    double sum = 0;
    double weight = 0;
    for (WindowStatistics one : all) {
      double value = of.applyAsDouble(one);
      if (!Double.isNaN(value)) {
        sum += value * one.anchors();
        weight += one.anchors();
      }
    }
    return weight == 0 ? Double.NaN : sum / weight;
  }

  private static long ageSpanMillis(List<WindowStatistics> all) {
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    for (WindowStatistics one : all) {
      if (one.live() > 0) {
        oldest = Math.min(oldest, one.oldestMillis());
        newest = Math.max(newest, one.newestMillis());
      }
    }
    return Math.max(0, newest == Long.MIN_VALUE ? 0 : newest - oldest);
  }
}
