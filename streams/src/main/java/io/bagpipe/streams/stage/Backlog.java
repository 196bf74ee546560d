package io.bagpipe.streams.stage;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the committer has to do next, in order: batches of transactions that came to nothing, then
 * those of the outbox. Batches of lost partitions are dropped on the way. Confined to the
 * committer's thread.
 */
final class Backlog {
  private final Outbox outbox;
  private final Consumer<Finished> onDropped;
  private final Deque<Finished> again = new ArrayDeque<>();

  /**
   * @param onDropped told of each batch that will not be committed
   */
  Backlog(Outbox outbox, Consumer<Finished> onDropped) {
    this.outbox = outbox;
    this.onDropped = onDropped;
  }

  /** Null when nothing came in time, or when nothing will come any more. */
  @Nullable Finished next(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (true) {
      Finished next = again.poll();
      if (next == null) {
        next = outbox.poll(deadline - System.nanoTime());
      }
      if (next == null || next.claim().isLive()) {
        return next;
      }
      onDropped.accept(next);
    }
  }

  /** True as soon as {@link #next} has something. */
  boolean hasNext(Duration patience) throws InterruptedException {
    Finished next = next(patience.toNanos());
    if (next != null) {
      again.addFirst(next);
    }
    return next != null;
  }

  /** Before everything else. */
  void putBack(List<Finished> batches) {
    for (int i = batches.size() - 1; i >= 0; i--) {
      again.addFirst(batches.get(i));
    }
  }

  /** The outbox has ended, and nothing waits. */
  boolean isDone() {
    return again.isEmpty() && outbox.isDrained();
  }

  /** Nobody will ask for what was put back. */
  void drop() {
    again.forEach(onDropped);
    again.clear();
  }
}
