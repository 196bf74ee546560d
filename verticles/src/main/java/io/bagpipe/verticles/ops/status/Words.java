package io.bagpipe.verticles.ops.status;

import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
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

  /** {@code evaluating, 3,200 of 12,000 images}. */
  static String work(StageState state, StageEvent.Work work) {
    StringBuilder words = new StringBuilder(state.name().toLowerCase(Locale.ROOT));
    if (!work.unit().isEmpty()) {
      words.append(", ").append(count(work.done()));
      if (work.all() >= 0) {
        words.append(" of ").append(count(work.all()));
      }
      words.append(' ').append(work.unit());
    }
    if (work.bytes() > 0) {
      words.append(", ").append(bytes(work.bytes()));
    }
    return words.toString();
  }

  static String bytes(long number) {
    return number < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f MB", number / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", number / 1e9);
  }

  static String rate(double perSecond) {
    return perSecond >= 10
        ? count(Math.round(perSecond))
        : String.format(Locale.ROOT, "%.1f", perSecond);
  }
}
