package io.bagpipe.model.image;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step of somebody else's decoder on a helper thread and stops waiting when its time is up:
 * by the clock, or, so that a busy machine does not make good files look bad, by what the step took
 * of a processor. The step is then interrupted, its input stream refuses to be read any further,
 * and its thread is given up: the next step gets another. An idle helper ends by itself after some
 * seconds, so there is nothing to close. Confined to one thread.
 */
final class Watchdog {
  interface Step<T> {
    T run() throws Exception;
  }

  /** How often a running step's processor time is looked at. */
  private static final long LOOK_NANOS = 50_000_000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private @Nullable ThreadPoolExecutor helper;

  /**
   * Runs a step.
   *
   * @param processorNanos what the step may take of a processor
   * @throws ImageRejectedException the step's own, or one that says that its time was up
   */
  <T> T run(Step<T> step, Deadline deadline, long processorNanos) throws ImageRejectedException {
    ThreadPoolExecutor executor = helper();
    Meter meter = new Meter();
    Future<T> result =
        executor.submit(
            () -> {
              meter.start();
              return step.run();
            });
    try {
      while (true) {
        try {
          return result.get(Math.min(LOOK_NANOS, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          if (deadline.passed() || meter.nanos() > processorNanos) {
            deadline.cutOff();
            abandon(executor);
            throw deadline.exceeded();
          }
        }
      }
    } catch (InterruptedException e) {
      abandon(executor);
      Thread.currentThread().interrupt();
      throw deadline.exceeded();
    } catch (ExecutionException e) {
      throw rejected(e.getCause(), deadline);
    }
  }

  /** The processor time of the thread that started it. */
  private static final class Meter {
    private volatile long thread = -1;
    private volatile long start;

    void start() {
      start = THREADS.getCurrentThreadCpuTime();
      thread = Thread.currentThread().getId();
    }

    long nanos() {
      return thread < 0 ? 0 : THREADS.getThreadCpuTime(thread) - start;
    }
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
                Thread thread = new Thread(task, "image-decoder");
                thread.setDaemon(true);
                return thread;
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
