package io.bagpipe.model.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.Tensors;
import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.StoredParameter;
import io.bagpipe.model.nativelib.NativeLibraries;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Shape;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Against the sums that define a convolution and its gradients, in float64. */
class OneDnnWinogradTest {
  private static final double TOLERANCE = 1e-5;
  private static final long SEED = 11;

  @BeforeAll
  static void libraries() {
    NativeLibraries.prepare();
  }

  /** A case and what it computes by definition. */
  private record Case(int batch, int height, int width, int in, int out) {
    Convolution operation() {
      return new Convolution(in, out, 3, 1, 1, 1, false);
    }

    Shape shape() {
      return new Shape(height, width, in);
    }

    /** What a tap does: (source value, filter value, result value), by index. */
    interface Tap {
      void at(int source, int filter, int result);
    }

    void forEachTap(Tap tap) {
      for (int b = 0; b < batch; b++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            for (int p = 0; p < 9; p++) {
              int row = y + p / 3 - 1;
              int column = x + p % 3 - 1;
              if (row >= 0 && row < height && column >= 0 && column < width) {
                channels(
                    ((b * height + row) * width + column) * in,
                    p,
                    ((b * height + y) * width + x) * out,
                    tap);
              }
            }
          }
        }
      }
    }

    private void channels(int source, int p, int result, Tap tap) {
      for (int c = 0; c < in; c++) {
        for (int k = 0; k < out; k++) {
          tap.at(source + c, (k * in + c) * 9 + p, result + k);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 4, 4, 16, 32", // one tile an image
    "2, 3, 4, 8, 8", // less than a tile
    "5, 8, 8, 32, 16",
    "2, 7, 7, 16, 16", // tiles hang over
    "2, 10, 14, 8, 24",
    "2, 36, 21, 8, 8", // several bands
    "73, 20, 20, 32, 32", // 25, 25 and 23 images at once
    "1, 1, 1, 4, 4",
  })
  void isAConvolutionWithItsGradients(int batch, int height, int width, int in, int out) {
    // given images, a filter and a gradient
    Case given = new Case(batch, height, width, in, out);
    Random random = new Random(SEED);
    float[] source = gaussian(random, batch * height * width * in, 1);
    float[] filter = gaussian(random, out * in * 9, 1 / Math.sqrt(9.0 * in));
    float[] gradient = gaussian(random, batch * height * width * out, 1);

    // when they run through the kernel, twice: what is derived or summed must not linger
    try (Bench bench = new Bench(given)) {
      bench.load(gaussian(random, filter.length, 1));
      bench.run(gradient, source);
      bench.load(filter);
      bench.run(source, gradient);

      // then all three are what the definition says
      double[] result = new double[gradient.length];
      double[] sourceGradient = new double[source.length];
      double[] filterGradient = new double[filter.length];
      given.forEachTap(
          (s, f, r) -> {
            result[r] += (double) source[s] * filter[f];
            sourceGradient[s] += (double) gradient[r] * filter[f];
            filterGradient[f] += (double) gradient[r] * source[s];
          });
      check("result", bench.result(), result);
      check("gradient of the source", bench.sourceGradient(), sourceGradient);
      check("gradient of the filter", bench.filterGradient(), filterGradient);
    }
  }

  @Test
  void isChosenByShapeWhereItPays() {
    Convolution wide = new Convolution(512, 512, 3, 1, 1, 1, false);
    assertThat(OneDnnWinograd.pays(wide, new Shape(4, 4, 512), 64)).isTrue();
    assertThat(OneDnnWinograd.pays(wide, new Shape(7, 7, 512), 64)).isTrue();
    // a batch too small to fill the products
    assertThat(OneDnnWinograd.pays(wide, new Shape(4, 4, 512), 8)).isFalse();
    // more rim than image
    assertThat(OneDnnWinograd.pays(wide, new Shape(5, 5, 512), 64)).isFalse();
    // few channels on large images
    Convolution narrow = new Convolution(64, 64, 3, 1, 1, 1, false);
    assertThat(OneDnnWinograd.pays(narrow, new Shape(32, 32, 64), 64)).isFalse();
    assertThat(OneDnnWinograd.pays(narrow, new Shape(8, 8, 64), 64)).isTrue();
    // other windows
    Convolution strided = new Convolution(256, 512, 3, 2, 1, 1, false);
    assertThat(OneDnnWinograd.pays(strided, new Shape(8, 8, 256), 64)).isFalse();
    Convolution grouped = new Convolution(512, 512, 3, 1, 1, 512, false);
    assertThat(OneDnnWinograd.pays(grouped, new Shape(4, 4, 512), 64)).isFalse();
  }

  private static void check(String what, float[] actual, double[] expected) {
    float[] rounded = new float[expected.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) expected[i];
    }
    assertThat(Tensors.distance(actual, rounded))
        .as("%s, seed %d", what, SEED)
        .isLessThan(TOLERANCE);
  }

  private static float[] gaussian(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  /** A kernel bound to buffers. */
  private static final class Bench implements AutoCloseable {
    private final OneDnn oneDnn = new OneDnn();
    private final Kernel kernel;
    private final StoredParameter stored;
    private final INDArray source;
    private final INDArray result;
    private final INDArray gradient;
    private final INDArray sourceGradient;
    private final INDArray filter;
    private final INDArray filterGradient;

    Bench(Case given) {
      int pixels = given.batch() * given.height() * given.width();
      int filters = given.in() * given.out() * 9;
      this.source = Nd4j.create(DataType.FLOAT, pixels, given.in());
      this.sourceGradient = Nd4j.create(DataType.FLOAT, pixels, given.in());
      this.result = Nd4j.create(DataType.FLOAT, pixels, given.out());
      this.gradient = Nd4j.create(DataType.FLOAT, pixels, given.out());
      this.filter = Nd4j.create(DataType.FLOAT, filters);
      this.filterGradient = Nd4j.create(DataType.FLOAT, filters);
      OneDnnWinograd plan =
          new OneDnnWinograd(
              oneDnn, new Scratch(oneDnn), given.batch(), given.operation(), given.shape(), true);
      @Nullable INDArray[] gradients = {sourceGradient};
      this.stored = plan.parameters().get(0);
      this.kernel =
          plan.bind(
              new Buffers(
                  List.of(source),
                  result,
                  gradient,
                  gradients,
                  List.of(filter),
                  List.of(filterGradient),
                  List.of()));
    }

    void load(float[] values) {
      stored.store(values, filter);
      kernel.parametersChanged();
    }

    /** Values of other lengths are cut or repeated. */
    void run(float[] images, float[] outputGradient) {
      write(images, source);
      write(outputGradient, gradient);
      kernel.forward(true);
      kernel.backward();
    }

    private static void write(float[] values, INDArray array) {
      float[] fitted = new float[Math.toIntExact(array.length())];
      for (int i = 0; i < fitted.length; i++) {
        fitted[i] = values[i % values.length];
      }
      HostArrays.floats(array).put(fitted);
    }

    float[] result() {
      return read(result);
    }

    float[] sourceGradient() {
      return read(sourceGradient);
    }

    float[] filterGradient() {
      return stored.plain(filterGradient);
    }

    private static float[] read(INDArray array) {
      float[] values = new float[Math.toIntExact(array.length())];
      HostArrays.floats(array).get(values);
      return values;
    }

    @Override
    public void close() {
      oneDnn.close();
      List.of(source, result, gradient, sourceGradient, filter, filterGradient)
          .forEach(INDArray::close);
    }
  }
}
