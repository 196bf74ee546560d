package io.bagpipe.verticles.cli.push;

import io.bagpipe.verticles.cli.base.ProgressDisplay;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Says how a push goes on and what came of it. Safe for several threads. */
final class PushReport {
  private final PushCounts counts;
  private final long total;
  private final long start = System.nanoTime();

  /**
   * A report that starts now.
   *
   * @param total images of the push, or {@link PushFeed#UNKNOWN}
   */
  PushReport(PushCounts counts, long total) {
    this.counts = counts;
    this.total = total;
  }

  /** One line. */
  String progress() {
    Duration elapsed = elapsed();
    long handled = counts.handled();
    String sent =
        String.format(
            Locale.ROOT,
            "%,.0f images/s  %,.1f MB",
            counts.sent.get() / Math.max(1e-3, elapsed.toMillis() / 1e3),
            counts.bytes.get() / 1e6);
    String notSent = counts.notSent() == 0 ? "" : "  not sent " + counts.notSent();
    if (total == PushFeed.UNKNOWN) {
      return String.format(Locale.ROOT, "%,d images  %s%s", handled, sent, notSent);
    }
    return String.format(
        Locale.ROOT,
        "%s %,d of %,d  %s  left %s%s",
        ProgressDisplay.bar(total == 0 ? 1 : handled / (double) total, 24),
        handled,
        total,
        sent,
        ProgressDisplay.left(handled - counts.resumed.get(), total - counts.resumed.get(), elapsed),
        notSent);
  }

  /** As one JSON object. */
  Map<String, Object> document(int skipped, String topic, String bootstrap) {
    double seconds = elapsed().toNanos() / 1e9;
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("sent", counts.sent.get());
    result.put("resumed", counts.resumed.get());
    result.put("too_large", counts.tooLarge.get());
    result.put("unreadable", counts.unreadable.get());
    result.put("failed", counts.failed.get());
    result.put("skipped", skipped);
    result.put("bytes", counts.bytes.get());
    result.put("seconds", seconds);
    result.put("images_per_s", counts.sent.get() / seconds);
    result.put("topic", topic);
    result.put("bootstrap", bootstrap);
    return result;
  }

  /** As a sentence. */
  String text(int skipped, String topic) {
    return String.format(
        Locale.ROOT,
        "sent %d images (%.1f MB) to %s in %s; sent before %d, too large %d, unreadable %d,"
            + " failed %d, not images %d",
        counts.sent.get(),
        counts.bytes.get() / 1e6,
        topic,
        ProgressDisplay.time(elapsed()),
        counts.resumed.get(),
        counts.tooLarge.get(),
        counts.unreadable.get(),
        counts.failed.get(),
        skipped);
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
