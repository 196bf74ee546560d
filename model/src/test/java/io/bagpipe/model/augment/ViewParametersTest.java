package io.bagpipe.model.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.augment.ViewConfig.Crop;
import io.bagpipe.model.augment.ViewParameters.Adjustment;
import io.bagpipe.model.augment.ViewParameters.Colour;
import io.bagpipe.model.image.Region;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The draws have the distributions that torchvision's have; the seed is fixed. */
class ViewParametersTest {
  private static final long SEED = 20261122;
  private static final int DRAWS = 20_000;

  /** Over 20,000 draws, four and a half standard deviations of a share of one half. */
  private static final double SHARE_ERROR = 4.5 * 0.5 / Math.sqrt(DRAWS);

  private final ViewConfig config = ViewConfig.mocoV2(32);

  private static Draw at(int i) {
    return Draw.of(SEED, new ImageCoordinates(i % 3, i), Purpose.QUERY_VIEW);
  }

  private List<ViewParameters> draws() {
    List<ViewParameters> views = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      views.add(ViewParameters.draw(config, 1000, 1000, at(i)));
    }
    return views;
  }

  private static double share(List<ViewParameters> views, ToDoubleFunction<ViewParameters> part) {
    return views.stream().mapToDouble(part).average().orElseThrow();
  }

  /** The largest distance of the sample's distribution from the uniform one on [from, to]. */
  private static double distanceFromUniform(double[] sample, double from, double to) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    assertThat(sorted[0]).isGreaterThanOrEqualTo(from);
    assertThat(sorted[sorted.length - 1]).isLessThanOrEqualTo(to);
    double distance = 0;
    for (int i = 0; i < sorted.length; i++) {
      double uniform = (sorted[i] - from) / (to - from);
      distance = Math.max(distance, Math.abs(uniform - (i + 0.5) / sorted.length));
    }
    return distance;
  }

  /** Kolmogorov and Smirnov's bound that one sample in 100,000 exceeds. */
  private static double bound(int count) {
    return 2.5 / Math.sqrt(count);
  }

  @Test
  void cropAreaAndLogRatioAreUniformWhereEveryCropFits() {
    Crop limits = new Crop(0.2, 0.5, 3.0 / 4, 4.0 / 3);
    double[] areas = new double[DRAWS];
    double[] ratios = new double[DRAWS];
    double[] places = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      Region crop = ViewParameters.crop(limits, 100_000, 100_000, at(i));
      areas[i] = (double) crop.width() * crop.height() / 1e10;
      ratios[i] = Math.log((double) crop.width() / crop.height());
      places[i] = crop.left() / (100_000.0 - crop.width());
    }

    assertThat(distanceFromUniform(areas, 0.1999, 0.5001)).isLessThan(bound(DRAWS));
    assertThat(distanceFromUniform(ratios, Math.log(0.7499), Math.log(1.3334)))
        .isLessThan(bound(DRAWS));
    assertThat(distanceFromUniform(places, 0, 1)).isLessThan(bound(DRAWS));
  }

  @Test
  void largeCropsAreDrawnAgainAsTorchvisionDoes() {
    // given torchvision's recipe, written down once more with another generator
    Random random = new Random(SEED);
    double[] expected = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      double area = 1;
      for (int attempt = 0; attempt < 10; attempt++) {
        double a = 0.2 + 0.8 * random.nextDouble();
        double logRatio = Math.log(4.0 / 3) * (2 * random.nextDouble() - 1);
        if (a * Math.exp(Math.abs(logRatio)) <= 1) {
          area = a;
          break;
        }
      }
      expected[i] = area;
    }

    double[] actual =
        draws().stream().mapToDouble(v -> v.crop().width() * v.crop().height() / 1e6).toArray();

    // then the two samples' distributions agree
    Arrays.sort(expected);
    Arrays.sort(actual);
    for (double quantile = 0.05; quantile < 1; quantile += 0.05) {
      int i = (int) (quantile * DRAWS);
      assertThat(actual[i]).as("quantile %s", quantile).isCloseTo(expected[i], within(0.02));
    }
    assertThat(actual[0]).isBetween(0.199, 0.202);
  }

  private static Offset<Double> within(double value) {
    return Offset.offset(value);
  }

  @Test
  void whereNoCropFitsTheLargestOfAnAllowedRatioIsTakenFromTheCentre() {
    Crop limits = config.crop();
    for (int i = 0; i < 100; i++) {
      assertThat(ViewParameters.crop(limits, 100, 1000, at(i)))
          .isEqualTo(new Region(0, 433, 100, 133));
      assertThat(ViewParameters.crop(limits, 1000, 100, at(i)))
          .isEqualTo(new Region(433, 0, 133, 100));
      assertThat(ViewParameters.crop(limits, 1, 5000, at(i))).isEqualTo(new Region(0, 2499, 1, 1));
      assertThat(ViewParameters.crop(limits, 1, 1, at(i))).isEqualTo(new Region(0, 0, 1, 1));
    }
  }

  @Test
  void operationsHappenAsOftenAsTheyShould() {
    List<ViewParameters> views = draws();

    assertThat(share(views, v -> v.jitter().isEmpty() ? 0 : 1)).isCloseTo(0.8, within(SHARE_ERROR));
    assertThat(share(views, v -> v.grayscale() ? 1 : 0)).isCloseTo(0.2, within(SHARE_ERROR));
    assertThat(share(views, v -> v.sigma() > 0 ? 1 : 0)).isCloseTo(0.5, within(SHARE_ERROR));
    assertThat(share(views, v -> v.flip() ? 1 : 0)).isCloseTo(0.5, within(SHARE_ERROR));
    // and independently of each other
    assertThat(share(views, v -> v.flip() && v.sigma() > 0 && v.grayscale() ? 1 : 0))
        .isCloseTo(0.05, within(SHARE_ERROR));
  }

  @Test
  void blurSigmaIsUniform() {
    double[] sigmas =
        draws().stream().mapToDouble(ViewParameters::sigma).filter(s -> s > 0).toArray();

    assertThat(distanceFromUniform(sigmas, 0.1, 2)).isLessThan(bound(sigmas.length));
  }

  @Test
  void jitterFactorsAreUniformAndTheirOrderToo() {
    Map<Colour, List<Double>> factors = new HashMap<>();
    Map<List<Colour>, Integer> orders = new HashMap<>();
    for (ViewParameters view : draws()) {
      if (!view.jitter().isEmpty()) {
        view.jitter()
            .forEach(
                a -> factors.computeIfAbsent(a.colour(), c -> new ArrayList<>()).add(a.factor()));
        orders.merge(view.jitter().stream().map(Adjustment::colour).toList(), 1, Integer::sum);
      }
    }

    for (Colour colour : Colour.values()) {
      double[] drawn = factors.get(colour).stream().mapToDouble(Double::doubleValue).toArray();
      double middle = colour == Colour.HUE ? 0 : 1;
      double spread = colour == Colour.HUE ? 0.1 : 0.4;
      assertThat(distanceFromUniform(drawn, middle - spread, middle + spread))
          .as(colour.name())
          .isLessThan(bound(drawn.length));
    }
    assertThat(orders).hasSize(24);
    double expected = orders.values().stream().mapToInt(Integer::intValue).sum() / 24.0;
    double chiSquare =
        orders.values().stream().mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    // 23 degrees of freedom: one in 100,000 is above 64.
    assertThat(chiSquare).isLessThan(64);
  }
}
