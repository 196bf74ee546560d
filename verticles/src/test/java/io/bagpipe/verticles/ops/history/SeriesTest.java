package io.bagpipe.verticles.ops.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {
  private final Series series = new Series(List.of("v"), 8, 8);

  private void add(int from, int to) {
    for (int i = from; i < to; i++) {
      series.add(new Point(i, new double[] {i}));
    }
  }

  @Test
  void neverOutgrowsItsBoundAndKeepsItsBeginning() {
    add(0, 10_000);

    List<Point> all = series.read(0, Integer.MAX_VALUE);
    assertThat(series.coarse().size()).isLessThan(8);
    assertThat(all.size()).isLessThan(8 + 8 + series.stride());
    assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(a.at(), b.at()));
    assertThat(all.get(0).values()[0]).isLessThan(series.stride());
    assertThat(all.get(all.size() - 1).values()[0]).isEqualTo(9_999);
  }

  @Test
  void oldPointsAreMeansOverTheStride() {
    add(0, 8 + 8);

    assertThat(series.stride()).isEqualTo(2);
    assertThat(series.coarse()).extracting(p -> p.values()[0]).containsExactly(0.5, 2.5, 4.5, 6.5);
    assertThat(series.recent())
        .extracting(Point::at)
        .containsExactly(8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L);
  }

  @Test
  void readingAveragesDownToWhatWasAskedFor() {
    add(0, 8);

    assertThat(series.read(0, 4))
        .extracting(p -> p.values()[0])
        .containsExactly(0.5, 2.5, 4.5, 6.5);
    assertThat(series.read(6, 100)).extracting(Point::at).containsExactly(6L, 7L);
  }

  @Test
  void missingValuesDoNotSpoilAMean() {
    Point mean =
        Series.mean(
            List.of(
                new Point(1, new double[] {Double.NaN}),
                new Point(2, new double[] {4}),
                new Point(3, new double[] {Double.NaN})));

    assertThat(mean.values()[0]).isEqualTo(4);
    assertThat(mean.at()).isEqualTo(3);
  }
}
