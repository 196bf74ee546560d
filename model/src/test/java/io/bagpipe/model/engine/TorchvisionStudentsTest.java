package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.random.Draw;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against torchvision's own networks; make_students.py made the values and says how. */
class TorchvisionStudentsTest {
  private static final double TOLERANCE = 1e-3;
  private static final int BATCH = 4;
  private static final int SIZE = 64;
  private static final int EMBEDDING = 16;
  private static final int PROJECTIONS = 3;
  private static final long IMAGES = 100_000;
  private static final long SLOPES = 100_001;
  private static final long VECTORS = 200_000;

  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      names = {"MOBILENET_V3_LARGE", "EFFICIENTNET_B0"})
  void agreesWithTorchvision(Family family) throws URISyntaxException {
    StateDict expected =
        Npy.readAll(
            Path.of(
                TorchvisionStudentsTest.class
                    .getResource("/torchvision/" + family.torchvisionName() + ".npz")
                    .toURI()));
    NetworkSpec spec =
        new Architecture(family, Architecture.DEFAULT_WIDTH, Stem.IMAGENET, new Head(32, EMBEDDING))
            .spec();
    long seed = seed(expected);
    float[] images = uniform(seed, IMAGES, BATCH * SIZE * SIZE * 3, 4, -2);
    float[] slope = uniform(seed, SLOPES, BATCH * EMBEDDING, 2, -1);
    for (int i = 0; i < slope.length; i++) {
      slope[i] /= BATCH;
    }
    try (StudentEngine engine =
        StudentEngines.create(
            spec, SIZE, BATCH, 1, new EngineOptions(1, EngineOptions.Backend.ONEDNN))) {
      engine.load(state(spec, seed));

      check("eval_output", engine.embed(images, BATCH), expected);
      check("eval_features", engine.features(images, BATCH), expected);
      check("train_output", engine.forward(images, BATCH), expected);
      engine.backward(slope);
      List<Tensor> gradients = List.copyOf(((Nd4jStudentEngine) engine).gradients().tensors());
      checkSummary("gradients", gradients, expected);
      engine.update(0.001f, 0.9f, 1e-4f);
      engine.forward(images, BATCH);
      engine.backward(slope);
      engine.update(0.001f, 0.9f, 1e-4f);
      checkSummary("after2", List.copyOf(engine.state().tensors()), expected);
    }
  }

  private static long seed(StateDict expected) {
    return (long) expected.get("seed").data()[0];
  }

  private static void check(String what, float[] actual, StateDict expected) {
    assertThat(Tensors.distance(actual, expected.get(what).data())).as(what).isLessThan(TOLERANCE);
  }

  private static void checkSummary(String what, List<Tensor> actual, StateDict expected) {
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
          .assertThat(Math.abs(norm(values) - rows[i * columns]) / norm)
          .as("%s of %s: norm %s", what, actual.get(i).name(), rows[i * columns])
          .isLessThan(TOLERANCE);
      for (int k = 0; k < PROJECTIONS; k++) {
        float[] vector =
            uniform(seed(expected), VECTORS + (long) i * PROJECTIONS + k, values.length, 2, -1);
        // a random vector meets an error of relative norm e in about e · norm / sqrt(3)
        softly
            .assertThat(Math.abs(product(values, vector) - rows[i * columns + 1 + k]) / norm)
            .as("%s of %s: projection %d", what, actual.get(i).name(), k)
            .isLessThan(TOLERANCE);
      }
    }
    softly.assertAll();
  }

  private static double norm(float[] values) {
    return Math.sqrt(product(values, values));
  }

  private static double product(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  private static StateDict state(NetworkSpec spec, long seed) {
    StateDict state = new StateDict();
    long index = 0;
    for (Parameter parameter : spec.parameters()) {
      List<Integer> shape = parameter.shape();
      double fanIn = (double) parameter.size() / shape.get(0);
      float[] values;
      if (shape.size() > 1) {
        double bound = Math.sqrt(6 / fanIn);
        values = uniform(seed, index, parameter.size(), 2 * bound, -bound);
      } else if (parameter.name().matches(".*\\.(weight|running_var)")) {
        values = uniform(seed, index, parameter.size(), 1, 0.5);
      } else {
        values = uniform(seed, index, parameter.size(), 0.4, -0.2);
      }
      state.put(new Tensor(parameter.name(), parameter.extents(), values));
      index++;
    }
    return state;
  }

  private static float[] uniform(long seed, long count, int size, double scale, double from) {
    Draw draw = Draw.of(seed, count, Draw.Purpose.WEIGHTS);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * draw.nextDouble() + from);
    }
    return values;
  }
}
