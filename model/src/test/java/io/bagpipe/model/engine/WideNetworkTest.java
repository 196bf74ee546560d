package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A network wide enough for Winograd's algorithm against PyTorch (tests/golden/wide_network.py,
 * which says what is stored). The stored projections of a tensor by random signs tell how far
 * another one is: the mean square of what they differ by is that of the whole difference.
 */
class WideNetworkTest {
  private static final double TOLERANCE = 1e-4;

  /** What a ReLU does whose input is within rounding of 0, on the other side than in float64. */
  private static final double TOLERANCE_OF_A_RELU = 3e-2;

  private final JsonNode golden;
  private final int size;
  private final int batch;
  private final NetworkSpec spec;

  WideNetworkTest() throws Exception {
    golden =
        Golden.json(
            Path.of(WideNetworkTest.class.getResource("/golden/wide-network.json").toURI()));
    size = golden.get("size").asInt();
    batch = golden.get("batch").asInt();
    spec =
        new Architecture(
                Architecture.Family.RESNET18,
                golden.get("width").asInt(),
                Stem.CIFAR,
                new Head(golden.get("head").get(0).asInt(), golden.get("head").get(1).asInt()))
            .spec();
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j", "torch"})
  void agreesWithPyTorch(String provider) {
    // given a network that takes some of its convolutions by Winograd's algorithm, if it has it
    try (StudentEngine engine = engine(provider)) {
      engine.profile().start();

      // then it agrees, and still does with other parameters: what is derived of them is new, too
      int close = 0;
      for (JsonNode point : golden.get("points")) {
        close += gradientDistance(engine, point) < TOLERANCE ? 1 : 0;
      }
      assertThat(close).as("sets of parameters without such a ReLU").isGreaterThanOrEqualTo(2);

      assertThat(engine.profile().entries().keySet().stream().anyMatch(k -> k.contains("winograd")))
          .isEqualTo(provider.equals("onednn"));
    }
  }

  /** The farthest gradient, of those that are near enough at all. */
  private double gradientDistance(StudentEngine engine, JsonNode point) {
    long seed = point.get("seed").asLong();
    byte[] images = bytes(seed, 500, batch * size * size * 3);
    float[] slope = uniform(seed, 501, batch * spec.embeddingDimension(), -1, 1);
    StateDict parameters = parameters(seed);
    engine.load(parameters);
    assertClose("evaluation", engine.embed(images, batch), point.get("eval_output"));

    float[] output = engine.forward(images, batch);
    engine.backward(slope);
    engine.update(0, 0, 0); // no step: the velocities are now the gradients

    assertClose("training", output, point.get("train_output"));
    List<String> names = parameters.tensors().stream().map(Tensor::name).toList();
    JsonNode expected = point.get("gradients");
    assertThat(engine.velocities().tensors()).hasSize(expected.size());
    double farthest = 0;
    for (Tensor gradient : engine.velocities().tensors()) {
      String name = gradient.name();
      double distance = distance(seed, names.indexOf(name), gradient.data(), expected.get(name));
      assertThat(distance)
          .as("gradient of %s, seed %d", name, seed)
          .isLessThan(TOLERANCE_OF_A_RELU);
      farthest = Math.max(farthest, distance);
    }
    return farthest;
  }

  private StudentEngine engine(String provider) {
    PixelNormalizer pixels =
        new PixelNormalizer(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.25f, 0.25f, 0.25f});
    return StudentEngines.create(
        new EngineRequest(spec, size, batch, 1, pixels),
        EngineOptions.DEFAULT.withEngine(provider).withThreads(1));
  }

  private StateDict parameters(long seed) {
    StateDict state = new StateDict();
    for (Parameter parameter : spec.parameters()) {
      String name = parameter.name();
      int[] shape = parameter.extents();
      int fanIn = 1;
      for (int i = 1; i < shape.length; i++) {
        fanIn *= shape[i];
      }
      double high = Math.sqrt(6.0 / fanIn);
      double low = -high;
      if (name.endsWith("running_var") || (shape.length == 1 && name.endsWith("weight"))) {
        low = 0.5;
        high = 1.5;
      } else if (shape.length == 1) {
        low = -0.3;
        high = 0.3;
      }
      float[] values = uniform(seed, state.tensors().size(), parameter.size(), low, high);
      state.put(new Tensor(name, shape, values));
    }
    return state;
  }

  private static void assertClose(String what, float[] actual, JsonNode expected) {
    float[] values = new float[expected.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) expected.get(i).asDouble();
    }
    assertThat(Tensors.distance(actual, values)).as(what).isLessThan(TOLERANCE);
  }

  /** An estimate of the norm of the difference, relative to the expected norm. */
  private static double distance(long seed, int number, float[] values, JsonNode expected) {
    JsonNode projections = expected.get("projections");
    double squares = 0;
    for (int k = 0; k < projections.size(); k++) {
      double product = 0;
      long start = start(seed, 1000L * (k + 1) + number);
      for (int i = 0; i < values.length; i++) {
        product += mix(i + start) >= 0 ? values[i] : -values[i];
      }
      squares += Math.pow(product - projections.get(k).asDouble(), 2) / projections.size();
    }
    return Math.sqrt(squares) / expected.get("norm").asDouble();
  }

  // ---- the same numbers as in wide_network.py

  private static float[] uniform(long seed, long stream, int count, double low, double high) {
    float[] values = new float[count];
    long start = start(seed, stream);
    float from = (float) low;
    float range = (float) high - from;
    for (int i = 0; i < count; i++) {
      values[i] = from + range * ((mix(i + start) >>> 40) * 0x1p-24f);
    }
    return values;
  }

  private static byte[] bytes(long seed, long stream, int count) {
    byte[] values = new byte[count];
    long start = start(seed, stream);
    for (int i = 0; i < count; i++) {
      values[i] = (byte) (mix(i + start) >>> 56);
    }
    return values;
  }

  private static long start(long seed, long stream) {
    return mix(seed * 0x9E3779B97F4A7C15L + stream);
  }

  /** The finaliser of SplitMix64. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
