package io.bagpipe.verticles.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.verticles.experiment.StreamOrder.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreamOrderTest {
  private static final int ERAS = 5;
  private static final int EACH = 400;

  /** Image i is of era i / 400. */
  private static List<int[]> eras() {
    List<int[]> eras = new ArrayList<>();
    for (int i = 0; i < ERAS; i++) {
      eras.add(IntStream.range(i * EACH, (i + 1) * EACH).toArray());
    }
    return eras;
  }

  private static int[] eraOf(Stream stream) {
    return Arrays.stream(stream.images()).map(image -> image / EACH).toArray();
  }

  private static long of(int era, int[] eras, int from, int to) {
    return Arrays.stream(eras, from, to).filter(e -> e == era).count();
  }

  @ParameterizedTest
  @EnumSource
  void everyImageComesOnceAndTheSameSeedGivesTheSame(StreamOrder order) {
    Stream stream = order.of(eras(), 1003, 7);

    assertThat(stream.images()).hasSize(1003).doesNotHaveDuplicates();
    assertThat(stream.ends()).hasSize(ERAS).isSorted().endsWith(1003);
    assertThat(order.of(eras(), 1003, 7).images()).isEqualTo(stream.images());
    assertThat(order.of(eras(), 1003, 8).images()).isNotEqualTo(stream.images());
  }

  @Test
  void oneEraAfterTheOther() {
    Stream stream = StreamOrder.SEQUENTIAL.of(eras(), 1000, 1);

    assertThat(stream.ends()).containsExactly(200, 400, 600, 800, 1000);
    assertThat(eraOf(stream)).isSorted();
    assertThat(Arrays.copyOf(stream.images(), 200))
        .as("shuffled inside")
        .isNotEqualTo(Arrays.stream(stream.images(), 0, 200).sorted().toArray());
  }

  @Test
  void shuffledThereIsSomethingOfEachEverywhere() {
    int[] eras = eraOf(StreamOrder.IID.of(eras(), 1000, 1));

    for (int era = 0; era < ERAS; era++) {
      assertThat(of(era, eras, 0, 200)).as("of 200, 40 expected").isBetween(20L, 60L);
    }
  }

  @Test
  void blurredBordersSwapNearThemAlone() {
    Stream stream = StreamOrder.BLURRED.of(eras(), 1000, 1);
    int[] eras = eraOf(stream);

    for (int i = 1; i < ERAS; i++) {
      int border = 200 * i;
      // 50 pairs with a probability of 0.275 on average: 13.75, deviation 3
      long swapped = of(i, eras, border - 50, border);
      assertThat(swapped).isBetween(3L, 26L);
      assertThat(of(i - 1, eras, border, border + 50)).isEqualTo(swapped);
      assertThat(of(i - 1, eras, border - 150, border - 50)).isEqualTo(100);
    }
  }

  @Test
  void blurredMoreOftenNearTheBorderThanFarFromIt() {
    long near = 0;
    long far = 0;
    for (int seed = 0; seed < 100; seed++) {
      int[] eras = eraOf(StreamOrder.BLURRED.of(eras().subList(0, 2), 800, seed));
      near += of(0, eras, 400, 410);
      far += of(0, eras, 490, 500);
    }
    // 1,000 draws each, at 0.48 and 0.07 on average; deviations 16 and 8
    assertThat(near).isBetween(400L, 560L);
    assertThat(far).isBetween(30L, 110L);
  }

  @Test
  void someErasAreTwiceAsLong() {
    Stream stream = StreamOrder.IMBALANCED.of(eras(), 1400, 3);
    int[] eras = eraOf(stream);

    assertThat(eras).isSorted();
    List<Long> lengths =
        IntStream.range(0, ERAS).mapToObj(era -> of(era, eras, 0, 1400)).sorted().toList();
    assertThat(lengths).containsExactly(200L, 200L, 200L, 400L, 400L);
  }

  @Test
  void twoErasAtATime() {
    int[] eras = eraOf(StreamOrder.CONCURRENT.of(eras(), 1000, 1));

    assertThat(of(0, eras, 0, 400) + of(1, eras, 0, 400)).isEqualTo(400);
    assertThat(of(0, eras, 0, 200)).isBetween(70L, 130L);
    assertThat(of(2, eras, 400, 800) + of(3, eras, 400, 800)).isEqualTo(400);
    assertThat(of(4, eras, 800, 1000)).isEqualTo(200);
  }

  @Test
  void theyComeAgain() {
    Stream stream = StreamOrder.RECURRING.of(eras(), 1000, 1);
    int[] eras = eraOf(stream);

    assertThat(Arrays.copyOf(eras, 500)).isSorted();
    assertThat(Arrays.copyOfRange(eras, 500, 1000)).isSorted().startsWith(0).endsWith(4);
    assertThat(stream.ends()).containsExactly(600, 700, 800, 900, 1000);
  }

  @Test
  void anEraOfTooFewImagesIsSaid() {
    assertThatThrownBy(() -> StreamOrder.SEQUENTIAL.of(eras(), 2100, 1))
        .isInstanceOf(ExperimentException.class)
        .hasMessage("sequential: era 1 of 5 takes 420 images and has 400; take fewer --images");
  }
}
