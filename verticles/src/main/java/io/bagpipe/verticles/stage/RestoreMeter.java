package io.bagpipe.verticles.stage;

import io.bagpipe.verticles.ops.events.StageEvent;
import org.jspecify.annotations.Nullable;

/**
 * How far a stage is with reading its state back from a log: written by its worker, read by its
 * heartbeat. Thread-safe.
 */
public class RestoreMeter {
  private static final String UNIT = "records";

  private volatile StageEvent.@Nullable Work now;
  private long from;

  /**
   * Reading of a range begins.
   *
   * @param first offset that is read
   * @param end offset after the last; transaction markers between count as records
   */
  public void begin(long first, long end) {
    from = first;
    now = new StageEvent.Work(UNIT, 0, Math.max(0, end - first), 0);
  }

  /** Nothing is being read any more. */
  public void end() {
    now = null;
  }

  /** A record has been read. */
  public void passed(long offset, long bytes) {
    StageEvent.Work before = now;
    if (before != null) {
      now = new StageEvent.Work(UNIT, offset + 1 - from, before.all(), before.bytes() + bytes);
    }
  }

  /** Null when nothing is being read back. */
  public StageEvent.@Nullable Work now() {
    return now;
  }
}
