package io.bagpipe.streams.intake;

import io.bagpipe.streams.record.InputRecord;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One period during which this process owns a partition, from assignment to loss. Work carries the
 * claim it was done under; work of a claim that is no longer live is dropped. A partition that is
 * lost and comes back is another claim.
 *
 * <p>{@link #isLive} may be read from any thread; everything mutable is guarded by the {@link
 * ClaimQueue}.
 */
public final class Claim {
  private final int partition;
  private final long startOffset;
  private volatile boolean live = true;

  final Deque<InputRecord> records = new ArrayDeque<>();
  long queuedBytes;
  long oldestArrivalNanos;

  /** Offset after the last record that arrived. */
  long arrivedNext;

  /** Offset before which everything is committed. */
  long settledNext;

  /** Where the consumer stands: beyond arrivedNext when transaction markers followed. */
  long position;

  Claim(int partition, long startOffset) {
    this.partition = partition;
    this.startOffset = startOffset;
    this.arrivedNext = startOffset;
    this.settledNext = startOffset;
    this.position = startOffset;
  }

  public int partition() {
    return partition;
  }

  /** Offset of the first record that this claim delivers. */
  public long startOffset() {
    return startOffset;
  }

  public boolean isLive() {
    return live;
  }

  void end() {
    live = false;
  }
}
