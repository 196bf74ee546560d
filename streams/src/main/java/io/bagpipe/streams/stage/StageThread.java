package io.bagpipe.streams.stage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One named thread that runs one loop to its end. */
final class StageThread {
  private enum State {
    NEW,
    STARTED,
    NEVER
  }

  /** A loop that may be interrupted. */
  interface Loop {
    void run() throws Exception;
  }

  private final Thread thread;
  private final Promise<Void> ended = Promise.promise();
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  /**
   * @param onError told, before {@link #ended} completes, what ended the loop too soon
   */
  StageThread(String name, Loop loop, Consumer<Throwable> onError) {
    this.thread = new Thread(() -> run(loop, onError), name);
    this.thread.setDaemon(true);
  }

  private void run(Loop loop, Consumer<Throwable> onError) {
    try {
      loop.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      onError.accept(e);
    } catch (Throwable e) {
      onError.accept(e);
    } finally {
      ended.complete();
    }
  }

  void start() {
    if (state.compareAndSet(State.NEW, State.STARTED)) {
      thread.start();
    }
  }

  /** Completes at once for a thread that was not started; it cannot be started any more. */
  Future<@Nullable Void> ended() {
    if (state.compareAndSet(State.NEW, State.NEVER)) {
      ended.complete();
    }
    return ended.future();
  }

  void interrupt() {
    thread.interrupt();
  }
}
