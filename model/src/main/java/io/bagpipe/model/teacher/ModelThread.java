package io.bagpipe.model.teacher;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that touches a teacher's session. Its stack is large because ONNX Runtime, on
 * making a session, recurses with the length of the process's command line and overflows an
 * ordinary stack when the class path is long.
 */
final class ModelThread implements AutoCloseable {
  private static final long STACK_BYTES = 256L << 20;

  private final ThreadPoolExecutor executor;

  ModelThread(String name) {
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(1),
            task -> {
              Thread thread = new Thread(null, task, name, STACK_BYTES);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs the work there and waits; what it throws is thrown here. */
  <T> T call(String what, Callable<T> work) {
    try {
      return executor.submit(work).get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (cause instanceof TeacherException known) {
        throw known;
      }
      throw new TeacherException(what + ": " + firstLine(cause), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeacherException(what + ": interrupted", e);
    }
  }

  private static String firstLine(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
