package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.Claim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * One transaction under way, with the batches in it, which are kept until it is committed. Confined
 * to the committer's thread.
 */
final class Transaction {
  /** Keeps the connection busy; more would only grow cold in the producer's buffer. */
  private static final long ENOUGH_IN_FLIGHT = 4 << 20;

  private final TransactionalProducer producer;
  private final StageSettings.TransactionLimits limits;
  private final long deadlineNanos;
  private final List<Finished> batches = new ArrayList<>();
  private final List<SentRecord> sent = new ArrayList<>();
  private final InFlight inFlight = new InFlight();
  private long bytes;

  private Transaction(TransactionalProducer producer, StageSettings.TransactionLimits limits) {
    this.producer = producer;
    this.limits = limits;
    this.deadlineNanos = System.nanoTime() + limits.interval().toNanos();
  }

  static Transaction begin(TransactionalProducer producer, StageSettings.TransactionLimits limits) {
    producer.begin();
    return new Transaction(producer, limits);
  }

  /** Starts sending; what goes wrong shows when the transaction is committed. */
  void send(Finished batch) {
    batches.add(batch);
    bytes += batch.bytes();
    sent.addAll(producer.send(batch, inFlight));
  }

  boolean isFull() {
    return bytes >= limits.maxBytes();
  }

  /** Waits until more should be sent; false when that takes longer. */
  boolean awaitRoom(long nanos) throws InterruptedException {
    return inFlight.await(ENOUGH_IN_FLIGHT, nanos);
  }

  /** How long it may still wait for more. */
  long nanosLeft() {
    return deadlineNanos - System.nanoTime();
  }

  /**
   * Waits until what was sent is written, or has failed. Only then may anything that comes later in
   * the same partitions be sent by another producer.
   */
  void awaitWritten() throws InterruptedException {
    if (!inFlight.await(0, TransactionalProducer.DELIVERY.toNanos())) {
      throw new TimeoutException(
          "results were not acknowledged within " + TransactionalProducer.DELIVERY);
    }
  }

  /** False when a partition was lost meanwhile. */
  boolean isLive() {
    return batches.stream().allMatch(b -> b.claim().isLive());
  }

  /** Offsets after what is in it. */
  Map<Claim, Long> ends() {
    return ends(batches);
  }

  static Map<Claim, Long> ends(List<Finished> batches) {
    Map<Claim, Long> ends = new LinkedHashMap<>();
    batches.forEach(b -> ends.put(b.claim(), b.nextOffset()));
    return ends;
  }

  TransactionalProducer producer() {
    return producer;
  }

  List<Finished> batches() {
    return batches;
  }

  List<SentRecord> sent() {
    return sent;
  }
}
