package io.bagpipe.model.teacher;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that touches a teacher's session. Its stack is large because ONNX Runtime, on
 * making a session, recurses with the length of the process's command line and overflows an
 * ordinary stack when the class path is long.
 */
public final class ModelThread implements AutoCloseable {
  private static final long STACK_BYTES = 256L << 20;

  private final ThreadPoolExecutor executor;

  public ModelThread(String name) {
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            // whoever calls waits, so that it stays short; and closing must always find room
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(null, task, name, STACK_BYTES);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs the work there and waits; what it throws is thrown here. */
  public <T> T call(String what, Callable<T> work) {
    return wait(what, executor.submit(work));
  }

  /**
   * Makes something there that has to be closed, and waits for it. Who is interrupted meanwhile
   * never gets it: then it is given back, here, as soon as it is there.
   *
   * @param giveBack frees it; on this thread
   */
  public <T> T open(String what, Callable<T> work, Consumer<T> giveBack) {
    AtomicReference<@Nullable T> made = new AtomicReference<>();
    Future<T> opening =
        executor.submit(
            () -> {
              T result = work.call();
              made.set(result);
              return result;
            });
    try {
      return wait(what, opening);
    } catch (TeacherException e) {
      // queued behind the work: it is done by then, or failed and left nothing
      executor.execute(
          () -> {
            T unwanted = made.get();
            if (unwanted != null) {
              giveBack.accept(unwanted);
            }
          });
      throw e;
    }
  }

  private static <T> T wait(String what, Future<T> result) {
    try {
      return result.get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (cause instanceof TeacherException known) {
        throw known;
      }
      if (cause instanceof OutOfMemoryError error) {
        throw error;
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
