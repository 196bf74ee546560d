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

  @Test
  void centresAreUniform() {
    long seed = System.nanoTime();
    double sum = 0;
    int draws = 20_000;
    for (int step = 0; step < draws; step++) {
      CutMix cut = CutMix.draw(seed, step, 32);
      assertThat(cut.x1()).isBetween(0, cut.x2());
      assertThat(cut.y1()).isBetween(0, cut.y2());
      assertThat(cut.x2()).isLessThanOrEqualTo(32);
      assertThat(cut.y2()).isLessThanOrEqualTo(32);
      sum += (cut.x1() + cut.x2()) / 2.0 - (cut.y1() + cut.y2()) / 2.0;
    }
    assertThat(sum / draws).as("seed " + seed).isCloseTo(0, within(0.6));
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
