package io.bagpipe.verticles.bags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.model.index.Bag;
import io.bagpipe.model.index.BagWindow;
import io.bagpipe.streams.codec.Vectors;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import io.bagpipe.streams.record.InputRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scope global: two owners over one log, each with the other's window beside its own. */
class OtherWindowsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WINDOW = 20;

  @TempDir Path directory;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private EmbeddingsBroker broker;
  private Windows zero;
  private Windows one;

  @BeforeEach
  void start() throws Exception {
    broker = new EmbeddingsBroker(directory, 2);
    zero = owner();
    one = owner();
  }

  private Windows owner() {
    return Windows.ofAll(broker.setup(WINDOW, new Windows.Waiting(0, 1000)), failure::set);
  }

  @AfterEach
  void stop() throws Exception {
    zero.close();
    one.close();
    broker.close();
    assertThat(failure.get()).isNull();
  }

  private List<Pushes.Bagged> take(Windows windows, int partition, int from, int to)
      throws Exception {
    List<Pushes.Bagged> all = new ArrayList<>();
    for (InputRecord record : broker.read(partition)) {
      if (record.offset() < from || record.offset() >= to) {
        continue;
      }
      windows.take(record, all::add);
    }
    return all;
  }

  /** A bag is a function of the logs and of the positions that were written down with it. */
  private void assertAreThoseOfBothLogs(List<Pushes.Bagged> bagged, int partition, int from)
      throws Exception {
    List<EmbeddedAnchor> own = log(partition);
    List<EmbeddedAnchor> elsewhere = log(1 - partition);
    for (int i = 0; i < bagged.size(); i++) {
      long other = bagged.get(i).others().get(1 - partition);
      List<EmbeddedAnchor> seen = new ArrayList<>(last(own, from + i));
      seen.addAll(last(elsewhere, other));
      Pushes.Item item = bagged.get(i).anchors().get(0);
      assertThat(ids(item.bag()))
          .as("%s, other at %d", id(item.anchor()), other)
          .isEqualTo(nearest(item.anchor(), seen));
    }
  }

  /** A window of pushes before an offset; every record of these tests is one push. */
  private static List<EmbeddedAnchor> last(List<EmbeddedAnchor> log, long offset) {
    return log.subList((int) Math.max(0, offset - WINDOW), (int) offset);
  }

  /** All of a partition, trimmed away or not: what was trimmed is null. */
  private List<EmbeddedAnchor> log(int partition) throws Exception {
    List<EmbeddedAnchor> items = new ArrayList<>();
    for (InputRecord record : broker.read(partition)) {
      while (items.size() < record.offset()) {
        items.add(null);
      }
      items.addAll(EmbeddingBatch.parseFrom(record.value()).getItemsList());
    }
    return items;
  }

  private static String id(EmbeddedAnchor anchor) {
    return anchor.getAnchor().getId().toStringUtf8();
  }

  private static List<String> ids(Bag bag) {
    return bag.neighbours().stream().map(n -> new String(n.id(), StandardCharsets.UTF_8)).toList();
  }

  private static List<String> nearest(EmbeddedAnchor anchor, List<EmbeddedAnchor> seen) {
    Map<String, EmbeddedAnchor> live = new HashMap<>();
    seen.forEach(item -> live.put(id(item), item));
    float[] query = Vectors.floats(anchor.getFeatures());
    return live.values().stream()
        .sorted(
            Comparator.comparingDouble(
                (EmbeddedAnchor e) -> -dot(query, Vectors.floats(e.getFeatures()))))
        .limit(3)
        .map(OtherWindowsTest::id)
        .toList();
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }

  private static long pushesBeside(Windows windows) {
    return windows.look(
        look -> look.others().stream().mapToLong(w -> w.statistics().pushes()).sum());
  }

  private static long foreign(List<Pushes.Bagged> bagged, String prefix) {
    return bagged.stream()
        .flatMap(b -> ids(b.anchors().get(0).bag()).stream())
        .filter(n -> n.startsWith(prefix))
        .count();
  }

  @Test
  void bagsHoldTheNearestOfBothPartitionsAsFarAsTheyHadCome() throws Exception {
    broker.produceImages(0, 0, 30);
    broker.produceImages(1, 0, 12);
    zero.open(0, 0);
    one.open(1, 0);

    List<Pushes.Bagged> first = take(zero, 0, 0, 30);
    List<Pushes.Bagged> second = take(one, 1, 0, 12);

    assertAreThoseOfBothLogs(first, 0, 0);
    assertAreThoseOfBothLogs(second, 1, 0);
    assertThat(first).allMatch(b -> b.others().equals(Map.of(1, 12L)));
    assertThat(second).allMatch(b -> b.others().equals(Map.of(0, 30L)));
    assertThat(foreign(first, "p1")).isPositive();
    assertThat(foreign(second, "p0")).isPositive();

    broker.produceImages(1, 12, 40);
    broker.produceImages(0, 30, 35);
    await().atMost(PATIENCE).until(() -> pushesBeside(zero) == 40);
    List<Pushes.Bagged> later = take(zero, 0, 30, 35);
    assertAreThoseOfBothLogs(later, 0, 30);
    assertThat(later).allMatch(b -> b.others().equals(Map.of(1, 40L)));
  }

  @Test
  void whoTakesAPartitionOverHasItsWindowAsItWasWhereItWasCommitted() throws Exception {
    broker.produceImages(0, 0, 30);
    broker.produceImages(1, 0, 30);
    broker.produceBag(0);
    broker.produceBag(1);
    zero.open(0, 0);
    take(zero, 0, 0, 30);
    one.open(1, 0);
    take(one, 1, 0, 17);
    one.close(1); // its process is gone, 17 are committed
    assertThat(one.look(look -> look.all()).isEmpty())
        .as("who owns nothing holds nothing")
        .isTrue();

    zero.open(1, 17); // though it had followed to 30

    List<Pushes.Bagged> taken = take(zero, 1, 17, 30);
    assertThat(taken).allMatch(b -> b.others().equals(Map.of(0, 30L)));
    assertAreThoseOfBothLogs(taken, 1, 17);
    assertThat(zero.look(Windows.Look::owned)).hasSize(2);
    assertThat(zero.look(Windows.Look::others)).isEmpty();

    zero.close(1); // and it goes to another again
    broker.produceImages(0, 30, 33);
    assertAreThoseOfBothLogs(take(zero, 0, 30, 33), 0, 30);
    List<BagWindow> others = zero.look(Windows.Look::others);
    assertThat(others).hasSize(1);
  }

  @Test
  void aWindowThatWasTrimmedBeforeItWasReadIsReadAnew() throws Exception {
    broker.produceImages(0, 0, 5);
    broker.produceImages(1, 0, 60);
    broker.trim(1, 35);
    zero.open(0, 0);

    List<Pushes.Bagged> bagged = take(zero, 0, 0, 5);

    assertThat(bagged).allMatch(b -> b.others().equals(Map.of(1, 60L)));
    assertAreThoseOfBothLogs(bagged, 0, 0);
  }
}
