package io.bagpipe.model.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.index.BagConfig.MemberChoice;
import io.bagpipe.model.random.ImageCoordinates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BagWindowTest {
  private static final int FEATURES = 24;
  private static final int KEY = 5;

  @TempDir Path directory;

  private BagConfig config(int window, long bytes) {
    return new BagConfig(window, bytes, 4, -1, 2, MemberChoice.UNIFORM, 1, null);
  }

  private static BagWindow window(BagConfig config) {
    return new BagWindow(config, FEATURES, KEY, 42);
  }

  private static List<WindowEntry> stream(Random random, int count, int distinctIds) {
    RandomVectors vectors = new RandomVectors(random, FEATURES);
    RandomVectors keys = new RandomVectors(random, KEY);
    List<WindowEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] encoded = new byte[random.nextInt(200)];
      random.nextBytes(encoded);
      String label = random.nextInt(10) == 0 ? null : "class " + random.nextInt(3);
      entries.add(
          new WindowEntry(
              id(random.nextInt(distinctIds)),
              new ImageCoordinates(3, i),
              label,
              encoded,
              vectors.next(),
              keys.next(),
              1000L + i));
    }
    return entries;
  }

  private static byte[] id(int number) {
    return ("image-" + number).getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> oneByOne(BagWindow window, List<WindowEntry> entries) {
    return entries.stream()
        .flatMap(e -> window.add(List.of(e)).stream())
        .map(BagWindowTest::text)
        .toList();
  }

  private static List<String> grouped(BagWindow window, List<WindowEntry> entries, Random random) {
    List<String> bags = new ArrayList<>();
    for (int from = 0; from < entries.size(); ) {
      int to = Math.min(entries.size(), from + random.nextInt(170));
      window.add(entries.subList(from, to)).forEach(bag -> bags.add(text(bag)));
      from = to;
    }
    return bags;
  }

  /** All of a bag, to the bit. */
  private static String text(Bag bag) {
    StringBuilder text = new StringBuilder(new String(bag.id(), StandardCharsets.UTF_8));
    for (Neighbour neighbour : bag.neighbours()) {
      text.append(" | ").append(new String(neighbour.id(), StandardCharsets.UTF_8));
      text.append(' ').append(neighbour.similarity()).append(' ').append(neighbour.label());
    }
    Member member = bag.member();
    if (member != null) {
      text.append(" -> ").append(member.rank()).append(' ');
      text.append(new String(member.id(), StandardCharsets.UTF_8)).append(' ');
      text.append(member.similarity()).append(' ').append(member.label()).append(' ');
      text.append(HexFormat.of().formatHex(member.encoded()));
      text.append(Arrays.toString(member.key()));
    }
    return text.toString();
  }

  private Stream<BagConfig> configurations() {
    return Stream.of(
        config(150, 1 << 20),
        config(150, 7_000),
        new BagConfig(300, 20_000, 3, 0.2, 0.999, MemberChoice.SIMILARITY, 20, null),
        new BagConfig(90, 9_000, 5, -1, 2, MemberChoice.UNIFORM, 10, directory));
  }

  @Test
  void bagsDoNotDependOnHowEntriesAreGrouped() {
    configurations()
        .forEach(
            config -> {
              long seed = System.nanoTime();
              Random random = new Random(seed);
              List<WindowEntry> entries = stream(random, 1500, 10 + random.nextInt(500));
              try (BagWindow one = window(config);
                  BagWindow other = window(config)) {
                assertThat(grouped(other, entries, random))
                    .as("seed %d, %s", seed, config)
                    .isEqualTo(oneByOne(one, entries));
              }
            });
  }

  @Test
  void aWindowRestoredFromItsLastPushesGoesOnAsIfNothingHadHappened() {
    configurations()
        .forEach(
            config -> {
              long seed = System.nanoTime();
              Random random = new Random(seed);
              List<WindowEntry> entries = stream(random, 1500, 10 + random.nextInt(500));
              int stop = 400 + random.nextInt(800);
              try (BagWindow whole = window(config);
                  BagWindow restored = window(config)) {
                List<String> expected = grouped(whole, entries, random);
                restored.restore(entries.subList(stop - config.window(), stop));
                assertThat(grouped(restored, entries.subList(stop, entries.size()), random))
                    .as("seed %d, stopped at %d, %s", seed, stop, config)
                    .isEqualTo(expected.subList(stop, entries.size()));
              }
            });
  }

  @Test
  void aMemberComesWithItsOwnImageAndKey() {
    configurations()
        .forEach(
            config -> {
              long seed = System.nanoTime();
              Random random = new Random(seed);
              List<WindowEntry> entries = stream(random, 1000, 100_000);
              try (BagWindow window = window(config)) {
                int drawn = 0;
                for (WindowEntry entry : entries) {
                  Bag bag = window.add(List.of(entry)).get(0);
                  Member member = bag.member();
                  if (member == null) {
                    assertThat(bag.neighbours()).isEmpty();
                    continue;
                  }
                  drawn++;
                  WindowEntry source =
                      entries.stream()
                          .filter(e -> Arrays.equals(e.id(), member.id()))
                          .filter(e -> e.at().offset() < entry.at().offset())
                          .reduce((a, b) -> b)
                          .orElseThrow();
                  assertThat(member.encoded()).as("seed " + seed).isEqualTo(source.encoded());
                  assertThat(member.key()).isEqualTo(source.key());
                  assertThat(member.label()).isEqualTo(source.label());
                  assertThat(bag.neighbours().get(member.rank()).id()).isEqualTo(member.id());
                  assertThat(window.encoded(entry.id())).contains(entry.encoded());
                }
                assertThat(drawn).as("seed " + seed).isGreaterThan(800);
              }
            });
  }

  @Test
  void theAnchorIsNeverInItsOwnBagAndReplacesItsOlderEntry() {
    try (BagWindow window = window(config(10, 1 << 20))) {
      WindowEntry first = entry("a", 0, 1, 0);
      WindowEntry again = entry("a", 1, 1, 0);
      WindowEntry other = entry("b", 2, 0.6f, 0.8f);
      List<Bag> bags = window.add(List.of(first, again, other));
      assertThat(bags.get(1).neighbours()).isEmpty();
      assertThat(bags.get(1).member()).isNull();
      assertThat(bags.get(2).neighbours())
          .extracting(n -> new String(n.id(), StandardCharsets.UTF_8))
          .containsExactly("a");
      assertThat(window.liveSize()).isEqualTo(2);
      assertThat(window.size()).isEqualTo(3);
      assertThat(window.statistics().replaced()).isEqualTo(1);
    }
  }

  private static WindowEntry entry(String id, long offset, float x, float y) {
    float[] features = new float[FEATURES];
    features[0] = x;
    features[1] = y;
    float[] key = new float[KEY];
    key[(int) (offset % KEY)] = 1;
    return new WindowEntry(
        id.getBytes(StandardCharsets.UTF_8),
        new ImageCoordinates(0, offset),
        "label " + id,
        new byte[] {(byte) offset},
        features,
        key,
        offset);
  }

  @Test
  void whileTheWindowIsYoungerThanItsMinimumAnchorsStandAlone() {
    BagConfig config = new BagConfig(100, 1 << 20, 2, -1, 2, MemberChoice.UNIFORM, 3, null);
    try (BagWindow window = window(config)) {
      List<Bag> bags =
          window.add(
              List.of(
                  entry("a", 0, 1, 0),
                  entry("b", 1, 0.6f, 0.8f),
                  entry("c", 2, 0.8f, 0.6f),
                  entry("d", 3, 0, 1)));
      assertThat(bags.subList(0, 3)).allMatch(b -> b.neighbours().isEmpty() && b.member() == null);
      assertThat(bags.get(3).neighbours())
          .extracting(n -> new String(n.id(), StandardCharsets.UTF_8))
          .containsExactly("b", "c");
      assertThat(bags.get(3).member()).isNotNull();
    }
    assertThat(BagConfig.DEFAULT.minWindow()).isEqualTo(64);
  }

  @Test
  void membersAreDrawnUniformlyOrBySimilarity() {
    float[] similarities = {0.9f, 0.3f};
    for (MemberChoice choice : MemberChoice.values()) {
      BagConfig config = new BagConfig(10, 1 << 20, 2, -1, 2, choice, 2, null);
      try (BagWindow window = window(config)) {
        window.add(
            List.of(
                entry("near", 0, 0.9f, (float) Math.sqrt(1 - 0.81)),
                entry("far", 1, 0.3f, (float) Math.sqrt(1 - 0.09))));
        int draws = 2000;
        int nearest = 0;
        for (int i = 0; i < draws; i++) {
          nearest +=
              window.add(List.of(entry("anchor", 2 + i, 1, 0))).get(0).member().rank() == 0 ? 1 : 0;
          if (i % 5 == 0) { // keep the two in the window
            window.restore(
                List.of(
                    entry("near", 0, 0.9f, (float) Math.sqrt(1 - 0.81)),
                    entry("far", 1, 0.3f, (float) Math.sqrt(1 - 0.09))));
          }
        }
        double expected =
            choice == MemberChoice.UNIFORM
                ? 0.5
                : similarities[0] / (similarities[0] + similarities[1]);
        // 2,000 draws have a standard deviation of 1.1 %; the draws are fixed by the seed
        assertThat((double) nearest / draws).isBetween(expected - 0.04, expected + 0.04);
      }
    }
  }

  @Test
  void looksAtBagsWithoutChangingAnything() {
    Random random = new Random(7);
    List<WindowEntry> entries = stream(random, 300, 1000);
    try (BagWindow window = window(config(200, 1 << 20))) {
      window.add(entries);
      WindowStatistics before = window.statistics();
      List<Bag> sample = window.sample(12);
      assertThat(sample).hasSize(12);
      assertThat(sample.get(0).id()).isEqualTo(entries.get(299).id());
      for (Bag bag : sample) {
        assertThat(bag.neighbours()).hasSize(4).noneMatch(n -> Arrays.equals(n.id(), bag.id()));
        assertThat(text(window.find(bag.id()).orElseThrow())).isEqualTo(text(bag));
      }
      assertThat(window.find(id(1_000_000))).isEmpty();
      assertThat(window.encoded(id(1_000_000))).isEmpty();
      assertThat(window.statistics()).isEqualTo(before);
      assertThat(before.oldestMillis()).isBetween(1100L, 1110L);
      assertThat(before.newestMillis()).isEqualTo(1299);
      assertThat(before.purity()).isBetween(0.2, 0.7);
      assertThat(before.meanSimilarity()).isBetween(0.2, 1.0);
      assertThat(before.anchors()).isEqualTo(300);
    }
  }

  @Test
  void removedImagesAreGoneAtOnce() {
    try (BagWindow window = window(config(10, 1 << 20))) {
      window.add(List.of(entry("a", 0, 1, 0), entry("b", 1, 0.6f, 0.8f)));
      assertThat(window.remove("a".getBytes(StandardCharsets.UTF_8))).isTrue();
      assertThat(window.remove("a".getBytes(StandardCharsets.UTF_8))).isFalse();
      Bag bag = window.add(List.of(entry("c", 2, 1, 0))).get(0);
      assertThat(bag.neighbours()).hasSize(1);
      assertThat(bag.member().encoded()).containsExactly(1);
    }
  }

  @Test
  void anyOfABagCanBeHadAsItsMemberUntilItsWindowLetsGoOfIt() {
    BagWindow window = window(config(3, 1 << 20));
    window.add(List.of(entry("a", 0, 1, 0), entry("b", 1, 0.6f, 0.8f), entry("c", 2, 0, 1)));
    Bag bag = window.add(List.of(entry("d", 3, 1, 0))).get(0);
    assertThat(bag.neighbours()).hasSize(3);
    // "d" has taken the place of "a", the nearest
    assertThat(bag.others().member(0)).isEmpty();
    Member second = bag.others().member(1).orElseThrow();
    assertThat(second.id()).isEqualTo("b".getBytes(StandardCharsets.UTF_8));
    assertThat(second.rank()).isEqualTo(1);
    assertThat(second.encoded()).containsExactly(1);
    assertThat(bag.others().member(bag.member().rank()).map(Member::encoded))
        .as("the one that was drawn, if it is there")
        .satisfiesAnyOf(
            found -> assertThat(found).isEmpty(),
            found -> assertThat(found.orElseThrow()).isEqualTo(bag.member().encoded()));
    window.close();
    assertThat(bag.others().member(1)).as("and no memory of a closed one is read").isEmpty();
  }

  @Test
  void idsAndLabelsCountAsBytes() {
    try (BagWindow window = window(config(10, 1_000))) {
      WindowEntry small = entry("a", 0, 1, 0);
      WindowEntry named =
          new WindowEntry(
              new byte[700],
              small.at(),
              "l".repeat(200),
              new byte[1],
              small.features(),
              small.key(),
              0);
      window.add(List.of(named));
      assertThat(window.statistics().payloadBytes()).isEqualTo(700 + 200 + 1 + KEY * Float.BYTES);
      window.add(List.of(entry("b", 1, 1, 0), entry("c", 2, 1, 0), entry("d", 3, 1, 0)));
      window.add(List.of(entry("e", 4, 1, 0)));
      assertThat(window.size()).as("the long names had to go").isEqualTo(4);
    }
  }

  @Test
  void anEntryLargerThanTheByteLimitEmptiesTheWindow() {
    try (BagWindow window = window(config(10, 60))) {
      window.add(List.of(entry("a", 0, 1, 0), entry("b", 1, 0.6f, 0.8f)));
      WindowEntry b = entry("c", 2, 1, 0);
      WindowEntry large =
          new WindowEntry(b.id(), b.at(), null, new byte[100], b.features(), b.key(), 0);
      assertThat(window.add(List.of(large)).get(0).neighbours()).hasSize(2);
      assertThat(window.size()).isZero();
      assertThat(window.statistics().payloadBytes()).isZero();
      window.add(List.of(entry("d", 3, 1, 0)));
      assertThat(window.add(List.of(entry("e", 4, 1, 0))).get(0).member().encoded())
          .containsExactly(3);
    }
  }

  @Test
  void theFileOfAWindowIsGoneWhenItIsClosed() throws Exception {
    BagConfig config = new BagConfig(90, 9_000, 5, -1, 2, MemberChoice.UNIFORM, 10, directory);
    try (BagWindow window = window(config)) {
      window.add(stream(new Random(1), 10, 10));
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void refusesABadConfiguration() {
    assertThatThrownBy(() -> config(0, 1)).hasMessageContaining("window is 0");
    assertThatThrownBy(() -> config(1, 0)).hasMessageContaining("windowBytes is 0");
    assertThatThrownBy(() -> new BagConfig(1, 1, 5, 0.9, 0.5, MemberChoice.UNIFORM, 1, null))
        .hasMessageContaining("nearDuplicate is 0.5");
  }
}
