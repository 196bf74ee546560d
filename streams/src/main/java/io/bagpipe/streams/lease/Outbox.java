package io.bagpipe.streams.lease;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What others want of the lease's thread: that something goes out with the next beat, or that the
 * lease ends. The thread sleeps here between beats. Safe for any thread.
 */
final class Outbox {
  // guarded by this
  private @Nullable Letter waiting;
  private boolean hurry;
  private boolean closing;
  private String note = "";

  /**
   * What goes out with a beat.
   *
   * @param record to write with it, or null
   * @param note for the successor, from this beat on
   */
  record Letter(@Nullable ProducerRecord<byte[], byte[]> record, String note, Promise<Void> done) {}

  /** Hands over what the next beat takes along; one that waits is replaced. */
  synchronized Future<Void> hand(@Nullable ProducerRecord<byte[], byte[]> record, String newNote) {
    Promise<Void> done = Promise.promise();
    waiting = new Letter(record, newNote, done);
    hurry = true;
    notifyAll();
    return done.future();
  }

  /** What the next beat takes along: what waits, or the note of before alone. */
  synchronized Letter next() {
    return waiting == null ? new Letter(null, note, Promise.promise()) : waiting;
  }

  /** The beat with this letter was written. */
  synchronized void sent(Letter letter) {
    note = letter.note();
    if (letter.equals(waiting)) {
      waiting = null;
    }
    letter.done().tryComplete();
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
