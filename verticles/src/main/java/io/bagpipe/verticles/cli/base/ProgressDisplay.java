package io.bagpipe.verticles.cli.base;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows how something goes on: lines that are drawn over and over on a terminal, one plain line
 * every few seconds elsewhere. Draws on a thread of its own; everything here may be called from any
 * thread.
 */
public final class ProgressDisplay implements AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(250);
  private static final Duration PLAIN = Duration.ofSeconds(5);

  private final Terminal terminal;
  private final Supplier<List<String>> lines;
  private final ScheduledExecutorService timer;
  private int drawn; // lines on the terminal now; guarded by this
  private boolean closed; // guarded by this

  ProgressDisplay(Terminal terminal, Supplier<List<String>> lines) {
    this.terminal = terminal;
    this.lines = lines;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts to show.
   *
   * @param lines what to show now, asked for on the display's thread; where there is no terminal
   *     they are joined to one line
   */
  public static ProgressDisplay start(Terminal terminal, Supplier<List<String>> lines) {
    ProgressDisplay display = new ProgressDisplay(terminal, lines);
    long every = (terminal.interactive() ? REDRAW : PLAIN).toMillis();
    display.timer.scheduleWithFixedDelay(display::tick, every, every, TimeUnit.MILLISECONDS);
    return display;
  }

  /** Prints a line that stays, above what is drawn over. */
  public synchronized void say(String line) {
    erase();
    terminal.out().println(line);
    draw();
    terminal.out().flush();
  }

  synchronized void tick() {
    if (closed) {
      return;
    }
    if (terminal.interactive()) {
      erase();
      draw();
    } else {
      terminal.out().println(String.join("  ", lines.get()));
    }
    terminal.out().flush();
  }

  /** Shows the last state and leaves it there. */
  @Override
  public void close() {
    timer.shutdownNow();
    synchronized (this) {
      if (!closed) {
        tick();
        closed = true;
      }
    }
  }

  private void draw() {
    if (!terminal.interactive() || closed) {
      return;
    }
    List<String> now = lines.get();
    for (String line : now) {
      terminal.out().print(fit(line));
      terminal.out().print("\n");
    }
    drawn = now.size();
  }

  /** Cursor up to the first drawn line, and everything below it cleared. */
  private void erase() {
    if (drawn > 0) {
      terminal.out().print("\u001b[" + drawn + "A\r\u001b[J");
      drawn = 0;
    }
  }

  private String fit(String line) {
    int width = terminal.columns() - 1;
    return line.codePointCount(0, line.length()) <= width
        ? line
        : line.substring(0, line.offsetByCodePoints(0, Math.max(0, width - 1))) + "…";
  }

  /** {@code [=====> ]}, {@code width} characters inside. */
  public static String bar(double done, int width) {
    int full = (int) Math.round(Math.max(0, Math.min(1, done)) * width);
    String head = full == 0 || full == width ? "=" : ">";
    return "[" + (full == 0 ? "" : "=".repeat(full - 1) + head) + " ".repeat(width - full) + "]";
  }

  /** {@code 7 s}, {@code 3 min 20 s}, {@code 2 h 05 min}, {@code 3 d 4 h}. */
  public static String time(Duration duration) {
    long s = Math.max(0, duration.toSeconds());
    if (s < 60) {
      return s + " s";
    }
    if (s < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60);
    }
    if (s < 86_400) {
      return String.format(Locale.ROOT, "%d h %02d min", s / 3600, s % 3600 / 60);
    }
    return s / 86_400 + " d " + s % 86_400 / 3600 + " h";
  }

  /** Time left at the pace so far, or a question mark before there is a pace. */
  public static String left(long done, long total, Duration elapsed) {
    if (done <= 0 || total < done) {
      return "?";
    }
    double each = elapsed.toMillis() / (double) done;
    return time(Duration.ofMillis(Math.round(each * (total - done))));
  }
}
