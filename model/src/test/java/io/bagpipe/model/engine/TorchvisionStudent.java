package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.random.Draw;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;

/**
 * One of torchvision's own networks, with what PyTorch computes of it; make_students.py made the
 * values and says how.
 */
final class TorchvisionStudent {
  static final int BATCH = 8;
  private static final int SIZE = 64;
  private static final int EMBEDDING = 16;
  private static final int PROJECTIONS = 3;
  private static final long IMAGES = 100_000;
  private static final long SLOPES = 100_001;
  private static final long VECTORS = 200_000;

  private final NetworkSpec spec;
  private final StateDict expected;
  private final long seed;

  TorchvisionStudent(Family family) {
    this.spec =
        new Architecture(family, Architecture.DEFAULT_WIDTH, Stem.IMAGENET, new Head(32, EMBEDDING))
            .spec();
    String file = "/torchvision/" + family.torchvisionName() + ".npz";
    try (InputStream in =
        Objects.requireNonNull(TorchvisionStudent.class.getResourceAsStream(file), file)) {
      this.expected = Npy.readAll(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.seed = (long) expected.get("seed").data()[0];
  }

  EngineRequest request() {
    return new EngineRequest(spec, SIZE, BATCH, 1, PixelNormalizer.IMAGENET);
  }

  byte[] pixels() {
    Draw draw = Draw.of(seed, IMAGES, Draw.Purpose.WEIGHTS);
    byte[] pixels = new byte[BATCH * SIZE * SIZE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          (byte) (int) (256 * draw.nextDouble()); // in float64: a float rounds up to the next
    }
    return pixels;
  }

  /** The loss's gradient of the output. */
  float[] slope() {
    float[] slope = uniform(SLOPES, BATCH * EMBEDDING, 2, -1);
    for (int i = 0; i < slope.length; i++) {
      slope[i] /= BATCH;
    }
    return slope;
  }

  StateDict state() {
    StateDict state = new StateDict();
    long index = 0;
    for (Parameter parameter : spec.parameters()) {
      List<Integer> shape = parameter.shape();
      double fanIn = (double) parameter.size() / shape.get(0);
      float[] values;
      if (shape.size() > 1) {
        double bound = Math.sqrt(6 / fanIn);
        values = uniform(index, parameter.size(), 2 * bound, -bound);
      } else if (parameter.name().matches("layer\\d\\.\\d+\\.bn[23]\\.weight")) {
        values = uniform(index, parameter.size(), 0.2, 0.1);
      } else if (parameter.name().matches(".*\\.(weight|running_var)")) {
        values = uniform(index, parameter.size(), 1, 0.5);
      } else {
        values = uniform(index, parameter.size(), 0.4, -0.2);
      }
      state.put(new Tensor(parameter.name(), parameter.extents(), values));
      index++;
    }
    return state;
  }

  /**
   * How closely an engine can be asked to agree: deep networks carry rounding across a ReLU's kink,
   * so a golden says how far rounding carried its gradients in some tries; these were few.
   */
  double tolerance(double usual) {
    return Math.max(usual, 4 * expected.get("float32_distance").data()[0]);
  }

  /** Whole values of this name agree. */
  void check(String what, float[] actual, double tolerance) {
    assertThat(Tensors.distance(actual, expected.get(what).data())).as(what).isLessThan(tolerance);
  }

  /** Norms and projections of this name agree, tensor by tensor. */
  void checkSummary(String what, StateDict state, double tolerance) {
    List<Tensor> actual = List.copyOf(state.tensors());
    float[] rows = expected.get(what).data();
    int columns = 1 + PROJECTIONS;
    assertThat(actual).as(what).hasSize(rows.length / columns);
    double whole = 0;
    for (int i = 0; i < actual.size(); i++) {
      whole = Math.max(whole, rows[i * columns]);
    }
    SoftAssertions softly = new SoftAssertions();
    for (int i = 0; i < actual.size(); i++) {
      float[] values = actual.get(i).data();
      double norm = rows[i * columns];
      if (norm < 1e-9 * whole) { // zero but for rounding: a bias before another batch norm
        norm = 1e-3 * whole;
      }
      softly
          .assertThat(Math.abs(Vectors.norm(values) - rows[i * columns]) / norm)
          .as("%s of %s: norm %s", what, actual.get(i).name(), rows[i * columns])
          .isLessThan(tolerance);
      for (int k = 0; k < PROJECTIONS; k++) {
        float[] vector = uniform(VECTORS + (long) i * PROJECTIONS + k, values.length, 2, -1);
        // a random vector meets an error of relative norm e in about e · norm / sqrt(3)
        softly
            .assertThat(
                Math.abs(Vectors.product(values, vector) - rows[i * columns + 1 + k]) / norm)
            .as("%s of %s: projection %d", what, actual.get(i).name(), k)
            .isLessThan(tolerance);
      }
    }
    softly.assertAll();
  }

  private float[] uniform(long count, int size, double scale, double from) {
    Draw draw = Draw.of(seed, count, Draw.Purpose.WEIGHTS);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * draw.nextDouble() + from);
    }
    return values;
  }
}
