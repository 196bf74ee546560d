package io.bagpipe.verticles.ops.status;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Words {
  private Words() {}

  static String time(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 90) {
      return seconds + " s";
    }
    if (seconds < 90 * 60) {
      return Math.round(seconds / 60.0) + " min";
    }
    return seconds < 48 * 3600
        ? String.format(Locale.ROOT, "%.1f h", seconds / 3600.0)
        : seconds / 86_400 + " days";
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String rate(double perSecond) {
    return perSecond >= 10
        ? count(Math.round(perSecond))
        : String.format(Locale.ROOT, "%.1f", perSecond);
  }
}
