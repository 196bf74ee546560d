package io.bagpipe.model.engine;

import io.bagpipe.model.nativelib.OneDnn;
import java.util.Map;
import java.util.TreeMap;

/**
 * Time and arithmetic by kind of operation, while it is switched on. Confined to the training
 * thread.
 */
public final class StepProfile implements OneDnn.Meter {

  /**
   * What one kind of operation took.
   *
   * @param calls how many times it ran
   * @param nanos wall time
   * @param flops multiplications and additions, where a kind is counted by them; 0 elsewhere
   */
  public record Entry(long calls, long nanos, double flops) {
    Entry plus(long moreNanos, double moreFlops) {
      return new Entry(calls + 1, nanos + moreNanos, flops + moreFlops);
    }

    /** Achieved arithmetic, in 10^9 operations a second. */
    public double gigaflops() {
      return nanos == 0 ? 0 : flops / nanos;
    }
  }

  private static final Entry NOTHING = new Entry(0, 0, 0);

  private final Map<String, Entry> entries = new TreeMap<>();
  private boolean on;

  /** Starts counting, from nothing. */
  public void start() {
    entries.clear();
    on = true;
  }

  public void stop() {
    on = false;
  }

  /** What was counted, by kind, "convolution forward" for instance. */
  public Map<String, Entry> entries() {
    return new TreeMap<>(entries);
  }

  /** Does the work; counts it where this is switched on. */
  @Override
  public void time(String kind, double flops, Runnable work) {
    if (!on) {
      work.run();
      return;
    }
    long start = System.nanoTime();
    work.run();
    long nanos = System.nanoTime() - start;
    entries.put(kind, entries.getOrDefault(kind, NOTHING).plus(nanos, flops));
  }
}
