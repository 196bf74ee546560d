package io.bagpipe.streams.lease;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What others want of the lease's thread: that something goes out with the next beat, or that the
 * lease ends. The thread sleeps here between beats. Safe for any thread.
 */
final class Outbox {
  // guarded by this
  private @Nullable Publication waiting;
  private boolean hurry;
  private boolean closing;
  private @Nullable String abandoned;
  private String note = "";

  /**
   * Hands over what the next beat takes along, beside what waits already.
   *
   * @param newNote for the successor, from that beat on; null: the one before stays
   */
  synchronized Future<Void> hand(
      List<ProducerRecord<byte[], byte[]>> records, @Nullable String newNote) {
    if (abandoned != null) {
      return Future.failedFuture(abandoned);
    }
    Promise<Void> done = Promise.promise();
    Publication next = new Publication(List.copyOf(records), newNote, List.of(done));
    waiting = waiting == null ? next : waiting.and(next);
    hurry = true;
    notifyAll();
    return done.future();
  }

  /** What the next beat takes along: what waits, or the note of before alone. */
  synchronized Publication next() {
    return waiting == null ? new Publication(List.of(), null, List.of()) : waiting;
  }

  /** The note that goes out with this. */
  synchronized String noteOf(Publication publication) {
    String newNote = publication.note();
    return newNote == null ? note : newNote;
  }

  /** The beat with this was written. */
  void sent(Publication publication) {
    synchronized (this) {
      note = noteOf(publication);
      if (publication.equals(waiting)) {
        waiting = null;
      }
    }
    publication.done().forEach(Promise::tryComplete);
  }

  /** The lease has ended: what was not written is not written any more, nor what comes after. */
  void abandon(String why) {
    Publication left;
    synchronized (this) {
      abandoned = why;
      left = waiting;
      waiting = null;
    }
    if (left != null) {
      left.done().forEach(done -> done.tryFail(why));
    }
  }

  /** What the holder before left. */
  synchronized void inherit(String former) {
    note = former;
  }

  synchronized void close() {
    closing = true;
    notifyAll();
  }

  synchronized boolean isClosing() {
    return closing;
  }

  /**
   * Waits so long, unless there is something to end, or to send and nothing speaks against it.
   *
   * @param patient whether what was handed over waits as well
   */
  synchronized void pause(long millis, boolean patient) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (!closing && (patient || !hurry)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    hurry = false;
  }
}
