package io.bagpipe.streams.reference;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the images of a batch, several at once, and remembers between calls what it has and how
 * long it has tried the rest. Used by one thread, which waits; the fetches run on threads of their
 * own, with at most {@code parallel} images of {@code maxBytes} beyond what a call returns.
 */
public final class References implements AutoCloseable {
  private final ReferenceSettings settings;
  private final Map<String, Fetcher> fetchers;
  private final @Nullable HttpExchange http;
  private final LongSupplier clock;
  private final ExecutorService threads;
  private final FetchCounts counts = new FetchCounts();

  /** Of the batch at hand, what is known of each. */
  private final Map<Wanted, Known> known = new HashMap<>();

  /** What was found out about one. Confined to the using thread. */
  private static final class Known {
    @Nullable Outcome outcome;
    long sinceNanos;
    long notBeforeNanos;
    String last = "";

    Known(long nowNanos) {
      notBeforeNanos = nowNanos;
    }
  }

  /** What one try came to. */
  private record Try(Wanted wanted, @Nullable Fetched image, @Nullable FetchException failure) {}

  /** With connections on a Vert.x of the caller's, which outlives this. */
  public References(Vertx vertx, ReferenceSettings settings) {
    this(settings, exchange(vertx, settings), System::nanoTime);
  }

  private static HttpExchange exchange(Vertx vertx, ReferenceSettings settings) {
    return new HttpExchange(
        vertx,
        settings.networks(),
        Resolver.system(),
        settings.parallel(),
        settings.timeout(),
        null);
  }

  References(ReferenceSettings settings, HttpExchange http, LongSupplier clock) {
    this(settings, fetchers(settings, http), http, clock);
  }

  private static Map<String, Fetcher> fetchers(ReferenceSettings settings, HttpExchange http) {
    Fetcher web = new HttpFetcher(http, settings);
    return Map.of(
        "http",
        web,
        "https",
        web,
        "s3",
        new S3Fetcher(http, settings),
        "file",
        new FileFetcher(settings.allow(), settings.maxBytes()));
  }

  /**
   * @param fetchers by scheme
   */
  References(
      ReferenceSettings settings,
      Map<String, Fetcher> fetchers,
      @Nullable HttpExchange http,
      LongSupplier clock) {
    this.settings = settings;
    this.fetchers = Map.copyOf(fetchers);
    this.http = http;
    this.clock = clock;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            settings.parallel(),
            task -> {
              Thread thread = new Thread(task, "bagpipe-fetch-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  public FetchCounts.Now counts() {
    return counts.now();
  }

  /**
   * What came of the first of these, at least of one; the rest is to be asked for again.
   *
   * @param wanted in order, at least one; what an earlier call left is looked up and not fetched
   *     again, what is not among them is forgotten
   * @param maxBytes of images in one answer, unless the first alone is larger
   * @throws FetchDelayedException when nothing can be said of the first just now
   */
  public List<Outcome> fetch(List<Wanted> wanted, long maxBytes)
      throws FetchDelayedException, InterruptedException {
    known.keySet().retainAll(new HashSet<>(wanted));
    tryAll(wanted, maxBytes);
    List<Outcome> answer = new ArrayList<>();
    long bytes = 0;
    for (Wanted one : wanted) {
      Outcome outcome = of(one).outcome;
      if (outcome == null) {
        break;
      }
      bytes += outcome instanceof Outcome.Had had ? had.image().bytes().length : 0;
      if (!answer.isEmpty() && bytes > maxBytes) {
        break;
      }
      answer.add(outcome);
    }
    if (answer.isEmpty()) {
      throw new FetchDelayedException(of(wanted.get(0)).last);
    }
    wanted.subList(0, answer.size()).forEach(known::remove);
    return answer;
  }

  private Known of(Wanted wanted) {
    return known.computeIfAbsent(wanted, w -> new Known(clock.getAsLong()));
  }

  /** A window of tries, in order, until there is enough. */
  private void tryAll(List<Wanted> wanted, long maxBytes) throws InterruptedException {
    CompletionService<Try> tries = new ExecutorCompletionService<>(threads);
    List<Future<Try>> running = new ArrayList<>();
    long bytes = 0;
    int next = 0;
    int inFlight = 0;
    try {
      while (true) {
        while (next < wanted.size() && inFlight < settings.parallel() && bytes < maxBytes) {
          Wanted one = wanted.get(next++);
          Known of = of(one);
          if (of.outcome instanceof Outcome.Had had) {
            bytes += had.image().bytes().length;
          } else if (of.outcome == null && clock.getAsLong() - of.notBeforeNanos >= 0) {
            running.add(tries.submit(() -> attempt(one)));
            inFlight++;
          }
        }
        if (inFlight == 0) {
          return;
        }
        Try done = result(tries.take());
        inFlight--;
        bytes += done.image() == null ? 0 : done.image().bytes().length;
        learn(done);
      }
    } finally {
      running.forEach(future -> future.cancel(true));
    }
  }

  private static Try result(Future<Try> done) throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("fetching an image: " + e.getCause(), e.getCause());
    }
  }

  /** On one of the threads. */
  private Try attempt(Wanted wanted) throws InterruptedException {
    long start = System.nanoTime();
    try {
      Reference reference = Reference.parse(wanted.uri());
      settings.allow().check(reference);
      Fetcher fetcher = fetchers.get(reference.scheme());
      if (fetcher == null) {
        throw new FetchRefusedException(Refusal.BAD_REFERENCE, "nothing fetches " + reference);
      }
      Fetched image = fetcher.fetch(reference, wanted.pinned());
      counts.fetched(image.bytes().length);
      return new Try(wanted, image, null);
    } catch (FetchException e) {
      return new Try(wanted, null, e);
    } finally {
      counts.took(System.nanoTime() - start);
    }
  }

  private void learn(Try done) {
    Known of = of(done.wanted());
    Fetched image = done.image();
    if (image != null) {
      of.outcome = new Outcome.Had(image);
    } else if (done.failure() instanceof FetchRefusedException refused) {
      counts.refused();
      of.outcome = new Outcome.Refused(refused.refusal(), String.valueOf(refused.getMessage()));
    } else if (done.failure() instanceof FetchDelayedException delayed) {
      counts.delayed();
      wait(of, delayed);
    }
  }

  private void wait(Known of, FetchDelayedException delayed) {
    long now = clock.getAsLong();
    if (of.last.isEmpty()) {
      of.sinceNanos = now;
    }
    of.last = String.valueOf(delayed.getMessage());
    of.notBeforeNanos = now + delayed.after().toNanos();
    Duration tried = Duration.ofNanos(now - of.sinceNanos);
    if (tried.compareTo(settings.patience()) >= 0) {
      of.outcome =
          new Outcome.Refused(
              Refusal.UNREACHABLE, "given up after %d s: %s".formatted(tried.toSeconds(), of.last));
    }
  }

  /** Lets go of what is under way. */
  @Override
  public void close() {
    threads.shutdownNow();
    if (http != null) {
      http.close();
    }
  }
}
