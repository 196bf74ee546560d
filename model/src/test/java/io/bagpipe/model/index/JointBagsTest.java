package io.bagpipe.model.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.index.BagConfig.MemberChoice;
import io.bagpipe.model.random.ImageCoordinates;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bags whose neighbours come from several windows, and of anchors that had to wait. */
class JointBagsTest {
  private static final int FEATURES = 16;
  private static final int KEY = 3;
  private static final int K = 5;
  private static final BagConfig CONFIG =
      new BagConfig(300, 1 << 20, K, -1, 2, MemberChoice.UNIFORM, 1, null);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final RandomVectors vectors = new RandomVectors(random, FEATURES);
  private final RandomVectors keys = new RandomVectors(random, KEY);

  private List<WindowEntry> stream(int partition, int count) {
    List<WindowEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // a tenth of the ids are in every partition
      int number = random.nextInt(400);
      String id = number < 40 ? "everywhere-" + number : partition + "-" + number;
      byte[] encoded = new byte[20];
      random.nextBytes(encoded);
      entries.add(
          new WindowEntry(
              id.getBytes(StandardCharsets.UTF_8),
              new ImageCoordinates(partition, i),
              "label " + id,
              encoded,
              vectors.next(),
              keys.next(),
              i));
    }
    return entries;
  }

  private static String id(WindowEntry entry) {
    return new String(entry.id(), StandardCharsets.UTF_8);
  }

  /** Entries of a stream that are not replaced by a later one. */
  private static List<WindowEntry> live(List<WindowEntry> stream) {
    List<WindowEntry> live = new ArrayList<>();
    for (WindowEntry entry : stream) {
      live.removeIf(e -> id(e).equals(id(entry)));
      live.add(entry);
    }
    return live;
  }

  private static List<WindowEntry> nearest(WindowEntry anchor, List<WindowEntry> all) {
    return all.stream()
        .filter(e -> !id(e).equals(id(anchor)))
        .sorted(Comparator.comparingDouble(e -> -Vectors.dot(anchor.features(), e.features())))
        .limit(K)
        .toList();
  }

  private static void assertIsBagOf(Bag bag, WindowEntry anchor, List<WindowEntry> all, long seed) {
    List<WindowEntry> expected = nearest(anchor, all);
    assertThat(bag.neighbours())
        .as("seed %d, anchor %s", seed, id(anchor))
        .extracting(n -> new String(n.id(), StandardCharsets.UTF_8))
        .isEqualTo(expected.stream().map(JointBagsTest::id).toList());
    WindowEntry member = expected.get(bag.member().rank());
    assertThat(bag.member().encoded()).as("seed %d", seed).isEqualTo(member.encoded());
    assertThat(bag.member().key()).isEqualTo(member.key());
    assertThat(bag.member().label()).isEqualTo(member.label());
  }

  private static BagWindow window() {
    return new BagWindow(CONFIG, FEATURES, KEY, 42);
  }

  @Test
  void neighboursOfSeveralWindowsAreThoseOfTheirUnion() {
    List<WindowEntry> first = stream(0, 200);
    List<WindowEntry> second = stream(1, 170);
    List<WindowEntry> anchors = stream(2, 150);
    try (BagWindow a = window();
        BagWindow b = window();
        BagWindow own = window()) {
      a.restore(first);
      b.restore(second);
      List<Bag> bags = own.add(anchors, List.of(a, b));
      long foreign = 0;
      for (int i = 0; i < anchors.size(); i++) {
        List<WindowEntry> seen = new ArrayList<>(live(anchors.subList(0, i)));
        seen.addAll(live(first));
        seen.addAll(live(second));
        assertIsBagOf(bags.get(i), anchors.get(i), seen, seed);
        foreign += bags.get(i).neighbours().stream().filter(n -> isOf(n, "0", "1")).count();
      }
      assertThat(foreign).as("seed %d", seed).isPositive();
      assertThat(a.statistics().pushes()).isEqualTo(200);
      WindowEntry newest = anchors.get(149);
      List<WindowEntry> now = new ArrayList<>(live(anchors));
      now.addAll(live(first));
      now.addAll(live(second));
      Bag found = own.find(newest.id(), List.of(a, b)).orElseThrow();
      assertThat(found.neighbours())
          .extracting(n -> new String(n.id(), StandardCharsets.UTF_8))
          .isEqualTo(nearest(newest, now).stream().map(JointBagsTest::id).toList());
      assertThat(own.sample(1, List.of(a, b)).get(0).neighbours()).isEqualTo(found.neighbours());
    }
  }

  private static boolean isOf(Neighbour neighbour, String... partitions) {
    String id = new String(neighbour.id(), StandardCharsets.UTF_8);
    return List.of(partitions).contains(id.substring(0, 1));
  }

  @Test
  void amongEqualsTheOwnWindowComesFirstAndThenTheOthersInTheirOrder() {
    WindowEntry template = stream(0, 1).get(0);
    try (BagWindow a = window();
        BagWindow b = window();
        BagWindow own = window()) {
      a.restore(List.of(copy(template, "a1"), copy(template, "a2")));
      b.restore(List.of(copy(template, "b1"), copy(template, "b2")));
      own.restore(List.of(copy(template, "own")));
      Bag bag = own.add(List.of(copy(template, "anchor")), List.of(b, a)).get(0);
      assertThat(bag.neighbours())
          .extracting(n -> new String(n.id(), StandardCharsets.UTF_8))
          .containsExactly("own", "b1", "b2", "a1", "a2");
    }
  }

  private static WindowEntry copy(WindowEntry of, String id) {
    return new WindowEntry(
        id.getBytes(StandardCharsets.UTF_8),
        of.at(),
        null,
        of.encoded(),
        of.features(),
        of.key(),
        0);
  }

  @Test
  void anchorsThatWaitedGetNeighboursThatCameAfterThem() {
    List<WindowEntry> entries = stream(0, 100);
    List<WindowEntry> elsewhere = stream(1, 50);
    try (BagWindow other = window();
        BagWindow own = window()) {
      other.restore(elsewhere);
      own.restore(entries);
      List<Bag> bags = own.draw(entries, List.of(other));
      List<WindowEntry> all = new ArrayList<>(live(entries));
      all.addAll(live(elsewhere));
      for (int i = 0; i < entries.size(); i++) {
        assertIsBagOf(bags.get(i), entries.get(i), all, seed);
      }
      assertThat(own.statistics().anchors()).isEqualTo(100);
      assertThat(own.size()).as("nothing is added").isEqualTo(100);
    }
  }
}
