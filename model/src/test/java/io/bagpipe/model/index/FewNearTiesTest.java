package io.bagpipe.model.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A few entries that are nearer each other than a scan can tell, among many that are not: too few
 * for a second, finer scan, so that the bound of the first one's error is all that keeps the right
 * ones.
 */
class FewNearTiesTest {
  private static final int DIMENSION = 64;

  @ParameterizedTest
  @EnumSource(ScanType.class)
  void staysExact(ScanType type) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    RandomVectors vectors = new RandomVectors(random, DIMENSION);
    NeighbourQuery query = NeighbourQuery.nearest(6);
    for (double spread : new double[] {1e-2, 3e-3, 1e-3, 1e-4, 1e-6, 1e-7}) {
      // given scattered entries, every tenth near one place
      float[] centre = vectors.scattered();
      try (RollingIndex index = new RollingIndex(1200, Long.MAX_VALUE, DIMENSION, type)) {
        BruteForceWindow expected = new BruteForceWindow(1200, Long.MAX_VALUE);
        for (int i = 0; i < 1200; i++) {
          float[] vector = i % 10 == 0 ? vectors.near(centre, spread) : vectors.scattered();
          byte[] id = ("image-" + i).getBytes(StandardCharsets.UTF_8);
          index.restore(List.of(id), new float[][] {vector}, new int[1]);
          expected.push(id, vector, 0);
        }

        // when that place is asked for
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          queries.add(vectors.near(centre, spread));
        }
        List<SearchResult> found = index.search(queries.toArray(float[][]::new), query);

        // then the nearest come in their order
        for (int i = 0; i < queries.size(); i++) {
          SearchResult wanted = expected.search(queries.get(i), query);
          assertThat(found.get(i).ordinals())
              .as("seed %d, spread %s", seed, spread)
              .isEqualTo(wanted.ordinals());
          assertThat(found.get(i).similarities()).isEqualTo(wanted.similarities());
        }
      }
    }
  }
}
