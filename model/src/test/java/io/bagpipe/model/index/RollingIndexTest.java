package io.bagpipe.model.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.Golden;
import io.bagpipe.model.index.VectorRejectedException.Reason;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RollingIndexTest {
  private static final long UNBOUNDED = Long.MAX_VALUE;

  @ParameterizedTest
  @EnumSource(ScanType.class)
  void agreesWithBruteForceOverLongRandomSequences(ScanType type) {
    for (int round = 0; round < 8; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      int capacity = 1 + random.nextInt(round % 2 == 0 ? 40 : 400);
      int dimension = new int[] {1, 2, 3, 7, 16, 64, 130}[random.nextInt(7)];
      long byteLimit = random.nextBoolean() ? UNBOUNDED : 50L * (1 + random.nextInt(capacity));
      String what =
          "seed %d, capacity %d, dimension %d, byte limit %d"
              .formatted(seed, capacity, dimension, byteLimit);
      try (RollingIndex index = new RollingIndex(capacity, byteLimit, dimension, type)) {
        compare(index, new BruteForceWindow(capacity, byteLimit), random, dimension, 2000, what);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ScanType.class)
  void agreesWithBruteForceOverManyBlocks(ScanType type) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int capacity = 9000 + random.nextInt(1000);
    try (RollingIndex index = new RollingIndex(capacity, UNBOUNDED, 8, type)) {
      BruteForceWindow expected = new BruteForceWindow(capacity, UNBOUNDED);
      RandomVectors vectors = new RandomVectors(random, 8);
      NeighbourQuery query = NeighbourQuery.nearest(6);
      for (int call = 0; call < 200; call++) {
        boolean look = call % 60 == 0 || call > 196;
        int count = 60 + random.nextInt(60);
        Push pushes = Push.random(random, vectors, count, 30_000);
        if (!look) {
          index.restore(pushes.ids, pushes.vectors, pushes.bytes);
          for (int i = 0; i < count; i++) {
            expected.push(pushes.ids.get(i), pushes.vectors[i], pushes.bytes[i]);
          }
          continue;
        }
        List<SearchResult> found = index.add(pushes.ids, pushes.vectors, pushes.bytes, query);
        for (int i = 0; i < count; i++) {
          SearchResult wanted =
              expected.add(pushes.ids.get(i), pushes.vectors[i], pushes.bytes[i], query);
          assertSame(found.get(i), wanted, "seed " + seed + ", call " + call + ", entry " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ScanType.class)
  void staysExactWhenAllVectorsAreCloserThanRoundingCanTell(ScanType type) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int dimension = 64;
    RandomVectors vectors = new RandomVectors(random, dimension);
    for (double spread : new double[] {3e-3, 1e-6, 0}) {
      float[] centre = vectors.scattered();
      try (RollingIndex index = new RollingIndex(5000, UNBOUNDED, dimension, type)) {
        BruteForceWindow expected = new BruteForceWindow(5000, UNBOUNDED);
        NeighbourQuery query = NeighbourQuery.nearest(6);
        for (int i = 0; i < 6000; i++) {
          float[] vector = vectors.near(centre, spread);
          index.restore(List.of(id(i)), new float[][] {vector}, new int[1]);
          expected.push(id(i), vector, 0);
        }
        float[][] queries = new float[20][];
        Arrays.setAll(queries, i -> vectors.near(centre, spread));
        List<SearchResult> found = index.search(queries, query);
        for (int i = 0; i < queries.length; i++) {
          String what = "seed " + seed + ", spread " + spread;
          assertSame(found.get(i), expected.search(queries[i], query), what);
        }
      }
    }
  }

  /** One call's entries. */
  private record Push(List<byte[]> ids, float[][] vectors, int[] bytes) {
    static Push random(Random random, RandomVectors vectors, int count, int distinctIds) {
      List<byte[]> ids = new ArrayList<>();
      float[][] entries = new float[count][];
      int[] bytes = new int[count];
      for (int i = 0; i < count; i++) {
        ids.add(id(random.nextInt(distinctIds)));
        entries[i] = vectors.next();
        bytes[i] = random.nextInt(100);
      }
      return new Push(ids, entries, bytes);
    }
  }

  private static void compare(
      RollingIndex index,
      BruteForceWindow expected,
      Random random,
      int dimension,
      int pushes,
      String what) {
    RandomVectors vectors = new RandomVectors(random, dimension);
    int distinctIds = 1 + random.nextInt(600);
    for (int done = 0; done < pushes; ) {
      NeighbourQuery query = query(random);
      int count = random.nextInt(10) == 0 ? random.nextInt(200) : random.nextInt(20);
      Push push = Push.random(random, vectors, count, distinctIds);
      List<SearchResult> found = index.add(push.ids, push.vectors, push.bytes, query);
      for (int i = 0; i < count; i++) {
        SearchResult wanted = expected.add(push.ids.get(i), push.vectors[i], push.bytes[i], query);
        assertSame(found.get(i), wanted, what + ", push " + (done + i) + ", " + query);
      }
      done += count;
      for (int i = random.nextInt(3); i > 0; i--) {
        byte[] id = id(random.nextInt(distinctIds));
        assertThat(index.ring().remove(id)).as(what).isEqualTo(expected.remove(id));
      }
      float[] outside = vectors.next();
      assertSame(
          index.search(new float[][] {outside}, query).get(0),
          expected.search(outside, query),
          what + ", search after " + done);
    }
  }

  private static NeighbourQuery query(Random random) {
    double min = random.nextInt(3) == 0 ? random.nextDouble() - 0.3 : -2;
    double max = random.nextInt(3) == 0 ? min + 1.2 * random.nextDouble() : 2;
    return new NeighbourQuery(1 + random.nextInt(12), min, Math.max(min, max));
  }

  private static void assertSame(SearchResult found, SearchResult wanted, String what) {
    assertThat(found.ordinals()).as(what).isEqualTo(wanted.ordinals());
    assertThat(found.similarities()).as(what).isEqualTo(wanted.similarities());
    assertThat(found.visible()).as(what).isEqualTo(wanted.visible());
  }

  @ParameterizedTest
  @EnumSource(ScanType.class)
  void findsWhatFaissFinds(ScanType type) {
    INDArray array = Nd4j.createFromNpyFile(golden("vectors.npy"));
    float[][] vectors = array.toFloatMatrix();
    long[][] ids = Nd4j.createFromNpyFile(golden("neighbours.npy")).toLongMatrix();
    float[][] distances = Nd4j.createFromNpyFile(golden("squared_distances.npy")).toFloatMatrix();
    int k = ids[0].length;
    try (RollingIndex index =
        new RollingIndex(vectors.length, UNBOUNDED, vectors[0].length, type)) {
      List<byte[]> names = new ArrayList<>();
      for (int i = 0; i < vectors.length; i++) {
        names.add(id(i));
      }
      index.restore(names, vectors, new int[vectors.length]);
      List<SearchResult> found = index.search(vectors, NeighbourQuery.nearest(k));
      for (int i = 0; i < vectors.length; i++) {
        for (int j = 0; j < k; j++) {
          double distance = 2 - 2 * found.get(i).similarities()[j];
          assertThat(distance).isCloseTo(distances[i][j], within(2e-6));
          if (found.get(i).ordinals()[j] != ids[i][j]) {
            // another order is another answer unless the distances tie
            int at = indexOf(found.get(i).ordinals(), ids[i][j]);
            double other = at < 0 ? distances[i][k - 1] : 2 - 2 * found.get(i).similarities()[at];
            assertThat(other).isCloseTo(distance, within(1e-6));
          }
        }
      }
    }
  }

  private static int indexOf(long[] values, long wanted) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static File golden(String name) {
    Path path = Golden.path("knn", name);
    return path.toFile();
  }

  @Test
  void refusesVectorsThatAreNoDirectionAndTakesNothing() {
    try (RollingIndex index = new RollingIndex(10, UNBOUNDED, 3)) {
      float[] good = {0, 1, 0};
      assertRefused(index, good, new float[3], Reason.ZERO);
      assertRefused(index, good, new float[] {Float.NaN, 0, 1}, Reason.NOT_FINITE);
      assertRefused(index, good, new float[] {Float.NEGATIVE_INFINITY, 0, 1}, Reason.NOT_FINITE);
      assertRefused(index, good, new float[] {0.5f, 0, 0}, Reason.NOT_UNIT);
      assertRefused(index, good, new float[] {1, 0}, Reason.WRONG_LENGTH);
      assertThat(index.ring().next()).isZero();
    }
  }

  private static void assertRefused(RollingIndex index, float[] good, float[] bad, Reason reason) {
    assertThatThrownBy(
            () ->
                index.add(
                    List.of(id(1), id(2)),
                    new float[][] {good, bad},
                    new int[2],
                    NeighbourQuery.nearest(1)))
        .isInstanceOfSatisfying(
            VectorRejectedException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.position()).isEqualTo(1);
            });
  }

  @ParameterizedTest
  @EnumSource(ScanType.class)
  void keepsEveryBitOfAVector(ScanType type) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (VectorRows rows = type.rows(64, 50, 32)) {
      for (int row = 0; row < 64; row++) {
        float[] vector = new float[50];
        for (int i = 0; i < 50; i++) {
          vector[i] = (random.nextFloat() - 0.5f) * (float) Math.pow(10, -random.nextInt(40));
        }
        vector[0] = -0f;
        vector[1] = Float.MIN_VALUE;
        vector[2] = Float.intBitsToFloat(0x3E7F8000); // halfway between two bfloat16 values
        rows.put(row, vector);
        float[] back = new float[50];
        rows.get(row, back);
        assertThat(bits(back)).as("seed " + seed).isEqualTo(bits(vector));
      }
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  @Test
  void memoryStaysWithinFifteenPercentOfTheVectors() {
    int capacity = 65_536;
    try (RollingIndex index = new RollingIndex(capacity, UNBOUNDED, 128)) {
      assertThat(index.bytes()).isLessThan((long) (1.15 * capacity * 128 * Float.BYTES));
    }
  }

  static byte[] id(int number) {
    return ("image-" + number).getBytes(StandardCharsets.UTF_8);
  }
}
