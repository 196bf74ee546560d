package io.bagpipe.model.memory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.index.BagConfig;
import io.bagpipe.model.index.Neighbour;
import io.bagpipe.model.index.WindowEntry;
import io.bagpipe.model.memory.MemoryConfig.Policy;
import io.bagpipe.model.random.ImageCoordinates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RehearsalMemoryTest {
  private static final int FEATURES = 4;
  private static final long SEED = 7;
  private static final BagConfig BAGS =
      new BagConfig(8, 1 << 20, 3, -1, 2, BagConfig.MemberChoice.UNIFORM, 2, null);

  private static RehearsalMemory memory(int images, Policy policy) {
    return memory(images, 1 << 20, policy, SEED);
  }

  private static RehearsalMemory memory(int images, long bytes, Policy policy, long seed) {
    return new RehearsalMemory(new MemoryConfig(images, bytes, policy), BAGS, FEATURES, 2, seed);
  }

  private static WindowEntry entry(int number, float... direction) {
    return entry("i" + number, number, new byte[] {(byte) number, (byte) (number >> 8)}, direction);
  }

  private static WindowEntry entry(String id, int offset, byte[] file, float... direction) {
    double norm = 0;
    for (float value : direction) {
      norm += (double) value * value;
    }
    float[] unit = new float[direction.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (direction[i] / Math.sqrt(norm));
    }
    return new WindowEntry(
        id.getBytes(UTF_8),
        new ImageCoordinates(0, offset),
        "l" + offset,
        file,
        unit,
        new float[] {1, 0},
        1_000L + offset);
  }

  private static float[] random(Random random) {
    float[] direction = new float[FEATURES];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
    }
    return direction;
  }

  private static String text(byte[] id) {
    return new String(id, UTF_8);
  }

  private static List<String> contents(RehearsalMemory memory) {
    return memory.ids().stream().map(id -> text(id)).sorted().toList();
  }

  private static List<String> drawn(RehearsalMemory memory, int at) {
    return memory.draw(new ImageCoordinates(0, at), 5).stream()
        .map(
            one ->
                text(one.entry().id())
                    + one.origin()
                    + one.bag().neighbours().stream()
                        .map(Neighbour::id)
                        .map(id -> text(id))
                        .toList()
                    + (one.bag().member() == null ? "" : text(one.bag().member().id())))
        .toList();
  }

  @Test
  void aReservoirHoldsOldAndNewAlike() {
    int[] held = new int[4];
    for (long seed = 0; seed < 60; seed++) {
      try (RehearsalMemory memory = memory(25, 1 << 20, Policy.RESERVOIR, seed)) {
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
          memory.offer(entry(i, random(random)));
        }
        assertThat(memory.size()).isEqualTo(25);
        for (String id : contents(memory)) {
          held[Integer.parseInt(id.substring(1)) / 100]++;
        }
      }
    }
    // 1,500 in all, 375 of each quarter, with a deviation of 16
    assertThat(held).satisfies(of -> assertThat(of).hasSize(4));
    for (int quarter : held) {
      assertThat(quarter).as("of each quarter %s", List.of(held)).isBetween(375 - 64, 375 + 64);
    }
  }

  @Test
  void firstInFirstOut() {
    try (RehearsalMemory memory = memory(3, Policy.FIFO)) {
      Random random = new Random(1);
      for (int i = 0; i < 10; i++) {
        RehearsalMemory.Change change = memory.offer(entry(i, random(random)));
        assertThat(change.kept()).isTrue();
        assertThat(change.dropped()).hasSize(i < 3 ? 0 : 1);
      }
      assertThat(contents(memory)).containsExactly("i7", "i8", "i9");
    }
  }

  @Test
  void ofTheTwoMostAlikeTheLaterLeaves() {
    try (RehearsalMemory memory = memory(3, Policy.MINIMUM_REDUNDANCY)) {
      memory.offer(entry(0, 1, 0, 0, 0));
      memory.offer(entry(1, 0, 1, 0, 0));
      memory.offer(entry(2, 1, 0.2f, 0, 0)); // like 0
      assertThat(memory.offer(entry(3, 0, 0, 1, 0)).dropped())
          .extracting(id -> text(id))
          .containsExactly("i2");
      RehearsalMemory.Change twin = memory.offer(entry(4, 0, 1, 0.1f, 0)); // like 1
      assertThat(twin.kept()).isFalse();
      assertThat(twin.dropped()).isEmpty();
      assertThat(contents(memory)).containsExactly("i0", "i1", "i3");
    }
  }

  /** Beside what brute force says of the closest pair, at every step. */
  @Test
  void minimumRedundancyIsThatOfBruteForce() {
    Random random = new Random(3);
    Map<String, float[]> held = new LinkedHashMap<>();
    try (RehearsalMemory memory = memory(12, Policy.MINIMUM_REDUNDANCY)) {
      for (int i = 0; i < 150; i++) {
        WindowEntry next = entry(i, random(random));
        memory.offer(next);
        held.put(text(next.id()), next.features());
        if (held.size() > 12) {
          held.remove(laterOfTheClosest(held));
        }
        assertThat(contents(memory)).isEqualTo(held.keySet().stream().sorted().toList());
      }
    }
  }

  private static String laterOfTheClosest(Map<String, float[]> held) {
    List<String> ids = new ArrayList<>(held.keySet());
    double best = -2;
    String later = "";
    for (int i = 0; i < ids.size(); i++) {
      for (int j = 0; j < i; j++) {
        double similarity = 0;
        for (int d = 0; d < FEATURES; d++) {
          similarity += (double) held.get(ids.get(i))[d] * held.get(ids.get(j))[d];
        }
        if (similarity > best) {
          best = similarity;
          later = ids.get(i);
        }
      }
    }
    return later;
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void whatIsReadBackInItsOrderGoesOnAlike(Policy policy) {
    Random random = new Random(5);
    // what a compacted log keeps: the newest word on each id, in the order of those
    Map<String, WindowEntry> log = new LinkedHashMap<>();
    try (RehearsalMemory whole = memory(20, policy)) {
      RehearsalMemory killed = memory(20, policy);
      for (int i = 0; i < 300; i++) {
        // some come again, with another picture
        int number = i % 7 == 3 ? i / 2 : i;
        WindowEntry next = entry("i" + number, i, new byte[] {(byte) i}, random(random));
        RehearsalMemory.Change change = whole.offer(next);
        assertThat(text(killed.offer(next))).isEqualTo(text(change));
        log.remove(text(next.id()));
        if (change.kept()) {
          log.put(text(next.id()), next);
        }
        change.dropped().forEach(id -> log.remove(text(id)));
        if (i % 50 == 11) {
          byte[] gone = log.values().iterator().next().id();
          assertThat(whole.forget(gone)).isTrue();
          assertThat(killed.forget(gone)).isTrue();
          log.remove(text(gone));
        }
        if (i % 30 == 0) {
          killed.close();
          killed = memory(20, policy);
          for (WindowEntry held : log.values()) {
            assertThat(text(killed.offer(held))).isEqualTo("true []");
          }
        }
        assertThat(killed.size()).isEqualTo(whole.size()).isEqualTo(log.size());
        assertThat(killed.bytes()).isEqualTo(whole.bytes());
        assertThat(drawn(killed, i)).isEqualTo(drawn(whole, i));
      }
      killed.close();
    }
  }

  private static String text(RehearsalMemory.Change change) {
    return change.kept() + " " + change.dropped().stream().map(id -> text(id)).toList();
  }

  @Test
  void whatComesOfADrawIsWhatWasRemembered() {
    try (RehearsalMemory memory = memory(50, Policy.FIFO)) {
      Random random = new Random(2);
      for (int i = 0; i < 300; i++) { // the window behind it is made anew several times
        memory.offer(entry(i, random(random)));
      }
      for (Remembered one : memory.draw(new ImageCoordinates(0, 300), 100)) {
        int number = Integer.parseInt(text(one.entry().id()).substring(1));
        assertThat(number).isBetween(250, 299);
        assertThat(one.origin()).isEqualTo(new ImageCoordinates(0, number));
        assertThat(one.entry().at()).isEqualTo(new ImageCoordinates(0, 300));
        assertThat(one.entry().encoded()).containsExactly(number, number >> 8);
        assertThat(one.entry().key()).containsExactly(1, 0);
        assertThat(one.entry().label()).isEqualTo("l" + number);
        assertThat(one.bag().neighbours()).hasSize(3);
        assertThat(one.bag().neighbours()).noneMatch(n -> text(n.id()).equals("i" + number));
        assertThat(one.bag().member()).isNotNull();
      }
    }
  }

  @Test
  void drawsAreAFunctionOfWhatTheyAreDrawnFor() {
    try (RehearsalMemory memory = memory(50, Policy.RESERVOIR)) {
      assertThat(memory.draw(new ImageCoordinates(0, 1), 3)).isEmpty();
      Random random = new Random(2);
      for (int i = 0; i < 80; i++) {
        memory.offer(entry(i, random(random)));
      }
      assertThat(drawn(memory, 1)).isEqualTo(drawn(memory, 1)).isNotEqualTo(drawn(memory, 2));
    }
  }

  @Test
  void bytesAreABoundToo() {
    try (RehearsalMemory memory = memory(100, 4_000, Policy.FIFO, SEED)) {
      for (int i = 0; i < 30; i++) {
        memory.offer(entry("i" + i, i, new byte[700], 1, i, 0, 0));
        assertThat(memory.bytes()).isLessThanOrEqualTo(4_000);
      }
      assertThat(contents(memory)).containsExactly("i26", "i27", "i28", "i29");
      RehearsalMemory.Change large = memory.offer(entry("i28", 40, new byte[5_000], 1, 0, 0, 0));
      assertThat(large.kept()).isFalse();
      assertThat(large.dropped()).extracting(id -> text(id)).containsExactly("i28");
      assertThat(contents(memory)).containsExactly("i26", "i27", "i29");
    }
  }
}
