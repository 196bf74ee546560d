package io.bagpipe.verticles.student;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Work that others ask of the training thread; done between two steps, in order, and what is short
 * also in the midst of what is long. Thread-safe.
 */
final class Desk {
  private static final int CAPACITY = 64;

  private final LinkedBlockingQueue<Runnable> asked = new LinkedBlockingQueue<>(CAPACITY);
  private final LinkedBlockingQueue<Runnable> askedLong = new LinkedBlockingQueue<>(CAPACITY);
  private volatile boolean closed;

  /** Completes on the training thread; fails at once when too much is waiting. */
  <T> CompletableFuture<T> ask(Callable<T> work) {
    return ask(work, asked);
  }

  /** The same for what takes long: two such things are not done at once. */
  <T> CompletableFuture<T> askLong(Callable<T> work) {
    return ask(work, askedLong);
  }

  private <T> CompletableFuture<T> ask(Callable<T> work, LinkedBlockingQueue<Runnable> queue) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            answer.complete(work.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        };
    if (closed || !queue.offer(task)) {
      answer.completeExceptionally(new IllegalStateException("the student is busy or stopping"));
    }
    return answer;
  }

  /** Does what has been asked; on the training thread. */
  void serve() {
    serveShort();
    for (Runnable task = askedLong.poll(); task != null; task = askedLong.poll()) {
      task.run();
    }
  }

  /** Does what has been asked and is short; on the training thread. */
  void serveShort() {
    for (Runnable task = asked.poll(); task != null; task = asked.poll()) {
      task.run();
    }
  }

  /** Does the next thing asked, waiting for one so long; on the training thread. */
  void await(Duration patience) throws InterruptedException {
    Runnable task = asked.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (task != null) {
      task.run();
    }
  }

  void close() {
    closed = true;
  }
}
