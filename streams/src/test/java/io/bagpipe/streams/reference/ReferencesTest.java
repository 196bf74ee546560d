package io.bagpipe.streams.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReferencesTest {
  private static final int PARALLEL = 4;

  /** What each path does: its number of bytes, or why not. */
  private final Map<String, Object> place = new ConcurrentHashMap<>();

  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final AtomicLong clock = new AtomicLong(Long.MIN_VALUE / 2);
  private Fetcher fetcher = this::look;
  private References references;

  private Fetched look(Reference reference, String pinned) throws FetchException {
    asked.merge(reference.path(), 1, Integer::sum);
    Object there = place.get(reference.path());
    if (there instanceof FetchException failure) {
      throw failure;
    }
    return new Fetched(new byte[(Integer) there], pinned);
  }

  @BeforeEach
  void open() throws Exception {
    ReferenceSettings plain = WebFixture.settings(Duration.ofSeconds(60), "http://a.example");
    references =
        new References(plain, Map.of("http", (r, v) -> fetcher.fetch(r, v)), null, clock::get);
  }

  @AfterEach
  void close() {
    references.close();
  }

  private static List<Wanted> wanted(String... paths) {
    return IntStream.range(0, paths.length)
        .mapToObj(i -> new Wanted(0, i, "http://a.example" + paths[i], "v"))
        .toList();
  }

  private static String words(Outcome outcome) {
    return outcome instanceof Outcome.Had had
        ? Integer.toString(had.image().bytes().length)
        : ((Outcome.Refused) outcome).refusal().name();
  }

  private List<String> fetch(List<Wanted> wanted, long maxBytes) throws Exception {
    return references.fetch(wanted, maxBytes).stream().map(ReferencesTest::words).toList();
  }

  @Test
  void outcomesComeInOrderAndAnEndlessWaitIsNone() throws Exception {
    place.put("/1", 10);
    place.put("/2", new FetchRefusedException(Refusal.NOT_FOUND, "gone"));
    place.put("/3", 30);

    assertThat(fetch(wanted("/1", "/2", "/3"), 1000)).containsExactly("10", "NOT_FOUND", "30");
    assertThat(fetch(List.of(new Wanted(0, 0, "http://b.example/1", "")), 1000))
        .containsExactly("NOT_ALLOWED");
    assertThat(fetch(List.of(new Wanted(0, 0, "what?", "")), 1000))
        .containsExactly("BAD_REFERENCE");
    assertThat(references.counts().fetches()).isEqualTo(2);
    assertThat(references.counts().bytes()).isEqualTo(40);
    assertThat(references.counts().refused()).isEqualTo(3);
  }

  @Test
  void whatIsHadBeforeOneThatHasToWaitGoesOnAndNothingIsFetchedTwice() throws Exception {
    place.put("/1", 10);
    place.put("/2", new FetchDelayedException("busy", Duration.ofSeconds(3)));
    place.put("/3", 30);
    List<Wanted> all = wanted("/1", "/2", "/3");

    assertThat(fetch(all, 1000)).containsExactly("10");
    List<Wanted> rest = all.subList(1, 3);
    assertThatThrownBy(() -> fetch(rest, 1000))
        .isInstanceOf(FetchDelayedException.class)
        .hasMessage("busy");
    assertThat(asked).as("it asked to be left alone").containsEntry("/2", 1);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(3));
    place.put("/2", 20);
    assertThat(fetch(rest, 1000)).containsExactly("20", "30");
    assertThat(asked).containsEntry("/1", 1).containsEntry("/2", 2).containsEntry("/3", 1);
  }

  @Test
  void patienceEnds() throws Exception {
    place.put("/1", new FetchDelayedException("status 503"));
    List<Wanted> one = wanted("/1");

    assertThatThrownBy(() -> fetch(one, 1000)).isInstanceOf(FetchDelayedException.class);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(59));
    assertThatThrownBy(() -> fetch(one, 1000)).isInstanceOf(FetchDelayedException.class);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));

    assertThat(references.fetch(one, 1000))
        .containsExactly(
            new Outcome.Refused(Refusal.UNREACHABLE, "given up after 60 s: status 503"));
  }

  /** A million large images named in a batch of small records must not be in memory at once. */
  @Test
  void noMoreIsFetchedThanABatchMayHaveAndAreUnderWay() throws Exception {
    String[] paths = IntStream.range(0, 100).mapToObj(i -> "/" + i).toArray(String[]::new);
    for (String path : paths) {
      place.put(path, 100);
    }
    List<Wanted> all = wanted(paths);

    assertThat(fetch(all, 350)).hasSize(3);
    assertThat(asked).hasSizeLessThanOrEqualTo(4 + PARALLEL);
    assertThat(fetch(all.subList(3, 100), 10)).as("one at least").hasSize(1);
    int done = 4;
    while (done < 100) {
      done += fetch(all.subList(done, 100), 350).size();
    }
    assertThat(asked).hasSize(100).allSatisfy((path, times) -> assertThat(times).isOne());
  }

  @Test
  void severalAreFetchedAtOnceAndNoMore() throws Exception {
    CountDownLatch together = new CountDownLatch(PARALLEL);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    fetcher =
        (reference, pinned) -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          together.countDown();
          together.await(60, TimeUnit.SECONDS);
          now.decrementAndGet();
          return new Fetched(new byte[1], "");
        };

    assertThat(fetch(wanted("/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8"), 1000)).hasSize(8);
    assertThat(most).hasValue(PARALLEL);
  }
}
