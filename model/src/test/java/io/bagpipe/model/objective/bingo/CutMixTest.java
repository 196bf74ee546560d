package io.bagpipe.model.objective.bingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CutMixTest {

  @Test
  void boxesAgreeWithTheReference() {
    JsonNode boxes = Golden.json(Golden.path("cutmix", "meta.json")).get("boxes");
    assertThat(boxes).isNotEmpty();
    for (JsonNode box : boxes) {
      CutMix cut =
          CutMix.box(
              box.get("width").asInt(),
              box.get("height").asInt(),
              box.get("lam").asDouble(),
              box.get("cx").asInt(),
              box.get("cy").asInt());
      assertThat(new int[] {cut.x1(), cut.y1(), cut.x2(), cut.y2()})
          .as(box.toString())
          .containsExactly(
              box.get("x1").asInt(),
              box.get("y1").asInt(),
              box.get("x2").asInt(),
              box.get("y2").asInt());
      assertThat(cut.lambda()).isCloseTo(box.get("adjusted").asDouble(), within(1e-12));
    }
  }

  @Test
  void lambdaIsDrawnFromBeta22() {
    long seed = System.nanoTime();
    int draws = 100_000;
    double[] lambdas = new double[draws];
    for (int step = 0; step < draws; step++) {
      lambdas[step] = CutMix.beta22(Draw.of(seed, step, Purpose.CUTMIX));
    }
    Arrays.sort(lambdas);
    double largest = 0;
    for (int i = 0; i < draws; i++) {
      double x = lambdas[i];
      double cumulative = x * x * (3 - 2 * x);
      largest = Math.max(largest, Math.abs((i + 0.5) / draws - cumulative));
    }
    // Kolmogorov and Smirnov: beyond 2.5 / sqrt(n) once in 140,000 runs
    assertThat(largest).as("seed " + seed).isLessThan(2.5 / Math.sqrt(draws));
  }

  /**
   * A box no wider than half the image is cut off on one side at most, so that its centre can be
   * told: every pixel is the centre as often as any other, whatever the other coordinate.
   */
  @Test
  void centresAreUniform() {
    long seed = System.nanoTime();
    int size = 32;
    int cells = 8;
    long[] columns = new long[size];
    long[] rows = new long[size];
    long[] both = new long[cells * cells];
    for (int step = 0; step < 60_000; step++) {
      CutMix cut = CutMix.draw(seed, step, size);
      assertThat(cut.x1()).isBetween(0, cut.x2());
      assertThat(cut.y1()).isBetween(0, cut.y2());
      assertThat(cut.x2()).isLessThanOrEqualTo(size);
      assertThat(cut.y2()).isLessThanOrEqualTo(size);
      double lambda = CutMix.beta22(Draw.of(seed, step, Purpose.CUTMIX));
      int half = (int) (size * Math.sqrt(1 - lambda)) / 2;
      if (half <= size / 4) {
        int x = cut.x1() > 0 ? cut.x1() + half : cut.x2() - half;
        int y = cut.y1() > 0 ? cut.y1() + half : cut.y2() - half;
        columns[x]++;
        rows[y]++;
        both[y * cells / size * cells + x * cells / size]++;
      }
    }
    assertUniform("columns", seed, columns);
    assertUniform("rows", seed, rows);
    assertUniform("columns with rows", seed, both);
  }

  /** Pearson's test: beyond 7 standard deviations once in a million runs. */
  private static void assertUniform(String what, long seed, long[] counts) {
    double expected = Arrays.stream(counts).sum() / (double) counts.length;
    assertThat(expected).as("enough draws of %s, seed %d", what, seed).isGreaterThan(100);
    double chiSquared = 0;
    for (long count : counts) {
      chiSquared += (count - expected) * (count - expected) / expected;
    }
    int freedom = counts.length - 1;
    assertThat(chiSquared)
        .as("%s, seed %d", what, seed)
        .isLessThan(freedom + 7 * Math.sqrt(2 * freedom));
  }

  @Test
  void aStepsDrawIsItsOwnAndIsAlwaysTheSame() {
    assertThat(CutMix.draw(7, 3, 32)).isEqualTo(CutMix.draw(7, 3, 32));
    assertThat(CutMix.draw(7, 3, 32)).isNotEqualTo(CutMix.draw(7, 4, 32));
    assertThat(CutMix.draw(7, 3, 32)).isNotEqualTo(CutMix.draw(8, 3, 32));
  }

  @Test
  void pastesTheMembersBoxAndNothingElse() {
    int size = 8;
    int batch = 3;
    byte[] images = new byte[batch * size * size * 3];
    byte[] members = new byte[images.length];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) (i % 100);
      members[i] = (byte) (100 + i % 100);
    }
    byte[] before = images.clone();
    CutMix cut = CutMix.box(size, size, 0.6, 5, 1);
    cut.paste(images, members, batch, size);

    int changed = 0;
    for (int i = 0; i < images.length; i++) {
      int pixel = i / 3 % (size * size);
      int x = pixel % size;
      int y = pixel / size;
      boolean inside = x >= cut.x1() && x < cut.x2() && y >= cut.y1() && y < cut.y2();
      assertThat(images[i]).isEqualTo(inside ? members[i] : before[i]);
      changed += inside ? 1 : 0;
    }
    assertThat(1 - changed / (double) images.length).isCloseTo(cut.lambda(), within(1e-12));
    assertThat(changed).isPositive();
  }
}
