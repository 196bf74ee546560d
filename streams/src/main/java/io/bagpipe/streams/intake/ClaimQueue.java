package io.bagpipe.streams.intake;

import io.bagpipe.streams.record.InputRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between the consumer's thread, which fills it, and one worker, which drains it;
 * with the claims that records belong to. Safe to use from any thread; only {@link #next} blocks.
 *
 * <p>Partitions take turns. When the queue is full, {@link #flows} is false for every partition
 * until it is down to its low marks: the consumer pauses partitions by it, and goes on polling.
 */
public final class ClaimQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final QueueLimits limits;
  private final Runnable onRoom;
  private final Map<Integer, Claim> claims = new TreeMap<>();
  private final Deque<Delivery> events = new ArrayDeque<>();
  private int lastServed = -1;
  private int queuedRecords;
  private long queuedBytes;
  private boolean open = true;
  private boolean paused;
  private boolean closed;

  /**
   * @param onRoom called, outside the lock, when the queue opens again
   */
  ClaimQueue(QueueLimits limits, Runnable onRoom) {
    this.limits = limits;
    this.onRoom = onRoom;
  }

  // ---- the consumer's side

  Claim claim(int partition, long startOffset) {
    return read(
        () -> {
          lose(partition);
          Claim claim = new Claim(partition, startOffset);
          claims.put(partition, claim);
          events.add(new Delivery.Claimed(claim));
          changed.signalAll();
          return claim;
        });
  }

  void lose(int partition) {
    update(
        () -> {
          Claim claim = claims.remove(partition);
          if (claim != null) {
            claim.end();
            queuedRecords -= claim.records.size();
            queuedBytes -= claim.queuedBytes;
            claim.records.clear();
            claim.queuedBytes = 0;
            // the worker need not hear of a claim that came and went
            if (!events.remove(new Delivery.Claimed(claim))) {
              events.add(new Delivery.Lost(claim));
            }
            updateOpen();
            changed.signalAll();
          }
        });
  }

  @Nullable Claim current(int partition) {
    lock.lock();
    try {
      return claims.get(partition);
    } finally {
      lock.unlock();
    }
  }

  Set<Integer> claimed() {
    return read(() -> new TreeSet<>(claims.keySet()));
  }

  boolean flows() {
    return read(() -> open && !paused && !closed);
  }

  /** Records that were polled and where the consumer stands after them, in one step. */
  void add(Claim claim, List<InputRecord> polled, long position) {
    update(
        () -> {
          if (!claim.isLive()) {
            return;
          }
          if (!polled.isEmpty()) {
            if (claim.records.isEmpty()) {
              claim.oldestArrivalNanos = System.nanoTime();
            }
            claim.records.addAll(polled);
            long bytes = polled.stream().mapToLong(InputRecord::sizeBytes).sum();
            claim.queuedBytes += bytes;
            claim.arrivedNext = polled.get(polled.size() - 1).offset() + 1;
            queuedRecords += polled.size();
            queuedBytes += bytes;
            updateOpen();
            changed.signalAll();
          }
          claim.position = Math.max(claim.position, position);
        });
  }

  // ---- the worker's side

  /**
   * The next thing to do: claims come and go first, then batches.
   *
   * @param batchesAllowed asked again whenever {@link #wake} is called
   * @return null when nothing came up in time, or when the queue is closed
   */
  public @Nullable Delivery next(
      BatchLimits batch, BooleanSupplier batchesAllowed, long timeout, TimeUnit unit)
      throws InterruptedException {
    long deadline = System.nanoTime() + unit.toNanos(timeout);
    boolean opened;
    boolean timedOut = false;
    Delivery delivery = null;
    lock.lockInterruptibly();
    try {
      boolean wasOpen = open;
      while (!closed && !timedOut) {
        delivery = events.poll();
        if (delivery != null) {
          break;
        }
        long now = System.nanoTime();
        long wait = deadline - now;
        if (!paused && batchesAllowed.getAsBoolean()) {
          Claim ready = ready(batch, now);
          if (ready != null) {
            delivery = cut(ready, batch, now);
            break;
          }
          wait = Math.min(wait, untilReady(batch, now));
        }
        if (deadline - now <= 0) {
          break;
        }
        timedOut = changed.awaitNanos(Math.max(1, wait)) <= 0 && wait == deadline - now;
      }
      updateOpen();
      opened = !wasOpen && open;
    } finally {
      lock.unlock();
    }
    if (opened) {
      onRoom.run();
    }
    return delivery;
  }

  /** The next partition in turn that has a whole batch, or one that has waited long enough. */
  private @Nullable Claim ready(BatchLimits batch, long now) {
    Claim first = null;
    for (Claim claim : claims.values()) {
      if (!claim.records.isEmpty() && lingered(claim, batch, now) <= 0) {
        if (claim.partition() > lastServed) {
          return claim;
        }
        first = first == null ? claim : first;
      }
    }
    return first;
  }

  private static long lingered(Claim claim, BatchLimits batch, long now) {
    if (claim.records.size() >= batch.maxRecords() || claim.queuedBytes >= batch.maxBytes()) {
      return 0;
    }
    return batch.linger().toNanos() - (now - claim.oldestArrivalNanos);
  }

  private long untilReady(BatchLimits batch, long now) {
    long wait = Long.MAX_VALUE;
    for (Claim claim : claims.values()) {
      if (!claim.records.isEmpty()) {
        wait = Math.min(wait, lingered(claim, batch, now));
      }
    }
    return wait;
  }

  private Delivery cut(Claim claim, BatchLimits batch, long now) {
    List<InputRecord> taken = new ArrayList<>(Math.min(batch.maxRecords(), claim.records.size()));
    long bytes = 0;
    for (InputRecord next = claim.records.peek();
        next != null
            && taken.size() < batch.maxRecords()
            && (taken.isEmpty() || bytes + next.sizeBytes() <= batch.maxBytes());
        next = claim.records.peek()) {
      taken.add(claim.records.remove());
      bytes += next.sizeBytes();
    }
    claim.queuedBytes -= bytes;
    claim.oldestArrivalNanos = now;
    queuedRecords -= taken.size();
    queuedBytes -= bytes;
    lastServed = claim.partition();
    return new Delivery.Batch(claim, List.copyOf(taken), bytes);
  }

  // ---- the committer's side

  /**
   * The offset to commit when everything before next is done: beyond the transaction markers that
   * follow, if nothing else does, so that an idle group's lag is 0.
   */
  public long committable(Claim claim, long next) {
    return read(() -> next >= claim.arrivedNext ? Math.max(next, claim.position) : next);
  }

  /** Everything before next is committed. */
  public void settled(Claim claim, long next) {
    update(
        () -> {
          claim.settledNext = Math.max(claim.settledNext, next);
          claim.arrivedNext = Math.max(claim.arrivedNext, next);
        });
  }

  /** Claims with nothing left to do whose position moved past markers, with that position. */
  public Map<Claim, Long> idleAdvances() {
    return read(
        () -> {
          Map<Claim, Long> advances = new HashMap<>();
          for (Claim claim : claims.values()) {
            if (claim.settledNext == claim.arrivedNext && claim.position > claim.settledNext) {
              advances.put(claim, claim.position);
            }
          }
          return advances;
        });
  }

  // ---- anybody's side

  /** Looks again at what {@link #next} waits for. */
  public void wake() {
    update(
        () -> {
          changed.signalAll();
        });
  }

  public void pause(boolean stop) {
    update(
        () -> {
          paused = stop;
          changed.signalAll();
        });
    onRoom.run();
  }

  /** Nothing comes out any more: {@link #next} returns null from now on. */
  public void close() {
    update(
        () -> {
          closed = true;
          changed.signalAll();
        });
  }

  IntakeStatus status(@Nullable String fault, @Nullable String unclaimed) {
    return read(
        () ->
            new IntakeStatus(
                queuedRecords,
                queuedBytes,
                open,
                paused,
                Set.copyOf(claims.keySet()),
                fault,
                unclaimed));
  }

  private void updateOpen() {
    if (queuedRecords >= limits.highRecords() || queuedBytes >= limits.highBytes()) {
      open = false;
    } else if (queuedRecords <= limits.lowRecords() && queuedBytes <= limits.lowBytes()) {
      open = true;
    }
  }

  private void update(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private <T> T read(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
