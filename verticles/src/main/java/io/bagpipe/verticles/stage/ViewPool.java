package io.bagpipe.verticles.stage;

import io.bagpipe.model.augment.ViewFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Draws views of many images at once, each thread with a {@link ViewFactory} of its own. Results
 * come in the order of the images and do not depend on the number of threads. Used by one thread.
 */
public final class ViewPool implements AutoCloseable {
  private final List<ViewFactory> factories = new ArrayList<>();
  private final ExecutorService threads;

  /**
   * @param count threads, at least 1
   */
  public ViewPool(int count, Supplier<ViewFactory> factory) {
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "bagpipe-views-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < count; i++) {
      factories.add(factory.get());
    }
  }

  /** Applies work to all items; what it throws stops the call. */
  public <T, R> List<R> map(List<T> items, BiFunction<ViewFactory, T, R> work)
      throws InterruptedException {
    int parts = Math.min(factories.size(), items.size());
    List<Callable<List<R>>> tasks = new ArrayList<>(parts);
    for (int part = 0; part < parts; part++) {
      ViewFactory factory = factories.get(part);
      List<T> share = items.subList(items.size() * part / parts, items.size() * (part + 1) / parts);
      tasks.add(() -> share.stream().map(item -> work.apply(factory, item)).toList());
    }
    List<R> results = new ArrayList<>(items.size());
    for (Future<List<R>> done : threads.invokeAll(tasks)) {
      results.addAll(result(done));
    }
    return results;
  }

  private static <R> List<R> result(Future<List<R>> done) throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("drawing views: " + e.getCause(), e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
