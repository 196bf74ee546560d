package io.bagpipe.model.image;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step of somebody else's decoder on a helper thread and stops waiting when its time is up.
 * The step is then interrupted, its input stream refuses to be read any further, and its thread is
 * given up: the next step gets another. An idle helper ends by itself after some seconds, so there
 * is nothing to close. Confined to one thread.
 */
final class Watchdog {
  interface Step<T> {
    T run() throws Exception;
  }

  private @Nullable ThreadPoolExecutor helper;

  <T> T run(Step<T> step, Deadline deadline) throws ImageRejectedException {
    ThreadPoolExecutor executor = helper();
    Future<T> result = executor.submit(step::run);
    try {
      return result.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      abandon(executor);
      throw deadline.exceeded();
    } catch (InterruptedException e) {
      abandon(executor);
      Thread.currentThread().interrupt();
      throw deadline.exceeded();
    } catch (ExecutionException e) {
      throw rejected(e.getCause(), deadline);
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
