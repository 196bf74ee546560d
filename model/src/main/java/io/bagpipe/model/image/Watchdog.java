package io.bagpipe.model.image;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step of somebody else's decoder on a helper thread and stops waiting when its time is up:
 * what the step took of a processor, so that a busy or stalled machine does not make good files
 * look bad. A step that takes no processor time because it waits for something is given up after as
 * many looks as would be that time. It is then interrupted, its input stream refuses to be read any
 * further, and its thread is given up (see {@link StrayDecoders}): the next step gets another. An
 * idle helper ends by itself after some seconds, so there is nothing to close. Confined to one
 * thread.
 */
final class Watchdog {
  interface Step<T> {
    T run() throws Exception;
  }

  /** How often a running step is looked at. */
  private static final long LOOK_NANOS = 50_000_000;

  private @Nullable ThreadPoolExecutor helper;
  private volatile @Nullable Thread thread;

  /**
   * Runs a step.
   *
   * @param processorNanos what the step may take of a processor, if the deadline does not come
   *     first
   * @throws ImageRejectedException the step's own, or one that says that its time was up
   */
  <T> T run(Step<T> step, Deadline deadline, long processorNanos) throws ImageRejectedException {
    ThreadPoolExecutor executor = helper();
    StrayDecoders.Step counted = new StrayDecoders.Step();
    Future<T> result =
        executor.submit(
            () -> {
              try {
                deadline.begin();
                return step.run();
              } finally {
                counted.end();
              }
            });
    long waitingLooks = 0;
    try {
      while (true) {
        try {
          return result.get(LOOK_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          waitingLooks += isWaiting() ? 1 : 0;
          if (deadline.passed()
              || deadline.usedNanos() > processorNanos
              || waitingLooks * LOOK_NANOS > deadline.limitNanos()) {
            deadline.cutOff();
            abandon(executor);
            counted.giveUp();
            throw deadline.exceeded();
          }
        }
      }
    } catch (InterruptedException e) {
      deadline.cutOff();
      abandon(executor);
      counted.giveUp();
      Thread.currentThread().interrupt();
      throw deadline.exceeded();
    } catch (ExecutionException e) {
      throw rejected(e.getCause(), deadline);
    }
  }

  /** Not for a processor: for something that may never come. */
  private boolean isWaiting() {
    Thread running = thread;
    return running != null && running.getState() != Thread.State.RUNNABLE;
  }

  private static ImageRejectedException rejected(@Nullable Throwable cause, Deadline deadline) {
    if (cause instanceof ImageRejectedException rejected) {
      return rejected;
    }
    if (deadline.passed()) {
      return deadline.exceeded();
    }
    ImageRejectedException rejected =
        Codec.corrupt("the decoder gave up: " + (cause == null ? "?" : firstLine(cause)));
    rejected.initCause(cause);
    return rejected;
  }

  private static String firstLine(Throwable cause) {
    String message = cause.getMessage();
    String text = cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    return text.lines().findFirst().orElse("");
  }

  private ThreadPoolExecutor helper() {
    ThreadPoolExecutor executor = helper;
    if (executor == null) {
      executor =
          new ThreadPoolExecutor(
              1,
              1,
              5,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              task -> {
                Thread made = new Thread(task, "image-decoder");
                made.setDaemon(true);
                thread = made;
                return made;
              });
      executor.allowCoreThreadTimeOut(true);
      helper = executor;
    }
    return executor;
  }

  private void abandon(ThreadPoolExecutor executor) {
    executor.shutdownNow();
    helper = null;
  }
}
