package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Finite differences through every kind of layer: along random directions of each parameter, those
 * before the layer under test among them, so that its input gradient is tried too.
 */
class LayerGradientsTest {
  private static final int SIZE = 8;
  private static final int BATCH = 4;
  private static final int CHANNELS = 8;
  private static final int OUT = 4;
  private static final long SEED = 5;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convolution 3x3",
        "convolution 1x1 stride 2",
        "convolution 5x5 stride 2 with bias",
        "grouped convolution",
        "depthwise convolution",
        "batch norm",
        "batch norm + relu",
        "relu",
        "silu",
        "sigmoid",
        "hard swish",
        "hard sigmoid",
        "add",
        "add + relu",
        "scale channels",
        "max pool"
      })
  void followsFiniteDifferences(String kind) {
    followsFiniteDifferences(kind, EngineOptions.Backend.ONEDNN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convolution 3x3",
        "convolution 1x1 stride 2",
        "convolution 5x5 stride 2 with bias",
        "depthwise convolution",
        "batch norm",
        "batch norm + relu",
        "relu",
        "silu",
        "sigmoid",
        "hard swish",
        "hard sigmoid",
        "add",
        "add + relu",
        "scale channels",
        "max pool"
      })
  void followsFiniteDifferencesOnNd4jsOperations(String kind) {
    followsFiniteDifferences(kind, EngineOptions.Backend.ND4J);
  }

  private static void followsFiniteDifferences(String kind, EngineOptions.Backend backend) {
    NetworkSpec spec = spec(kind);
    Random random = new Random(SEED);
    float[] images = gaussian(random, BATCH * SIZE * SIZE * 3, 1);
    float[] slope = gaussian(random, BATCH * OUT, 1);
    try (StudentEngine engine =
        StudentEngines.create(spec, SIZE, BATCH, SEED, new EngineOptions(1, backend))) {
      StateDict start = engine.state();
      engine.forward(images, BATCH);
      engine.backward(slope);
      StateDict gradients = ((Nd4jStudentEngine) engine).gradients();

      for (Tensor gradient : gradients.tensors()) {
        float[] direction = gaussian(random, gradient.data().length, 1);
        double analytic = product(gradient.data(), direction);
        double step = 2e-3 * norm(start.get(gradient.name()).data(), 1) / norm(direction, 1);
        double up = loss(engine, moved(start, gradient.name(), direction, step), images, slope);
        double down = loss(engine, moved(start, gradient.name(), direction, -step), images, slope);
        double scale = norm(gradient.data(), 2e-2) * norm(direction, 1);
        assertThat((up - down) / (2 * step) / scale)
            .as("%s: %s (seed %d)", kind, gradient.name(), SEED)
            .isCloseTo(analytic / scale, within(5e-3));
      }
    }
  }

  private static NetworkSpec spec(String kind) {
    List<Node> nodes = new ArrayList<>();
    nodes.add(node("stem", new Convolution(3, CHANNELS, 3, 1, 1, 1, true), NetworkSpec.INPUT));
    switch (kind) {
      case "convolution 3x3" -> nodes.add(node("x", new Convolution(8, 8, 3, 1, 1, 1, false)));
      case "convolution 1x1 stride 2" ->
          nodes.add(node("x", new Convolution(8, 8, 1, 2, 0, 1, false)));
      case "convolution 5x5 stride 2 with bias" ->
          nodes.add(node("x", new Convolution(8, 8, 5, 2, 2, 1, true)));
      case "grouped convolution" -> nodes.add(node("x", new Convolution(8, 8, 3, 1, 1, 2, false)));
      case "depthwise convolution" ->
          nodes.add(node("x", new Convolution(8, 8, 3, 2, 1, 8, false)));
      case "batch norm" -> nodes.add(node("x", norm()));
      case "batch norm + relu" -> {
        nodes.add(node("norm", norm()));
        nodes.add(node("x", new Activation(Activation.Function.RELU), "norm"));
      }
      case "add", "add + relu" -> {
        nodes.add(node("left", new Convolution(8, 8, 3, 1, 1, 1, false)));
        boolean relu = kind.endsWith("relu");
        nodes.add(node(relu ? "sum" : "x", new Operation.Add(), "left", "stem"));
        if (relu) {
          nodes.add(node("x", new Activation(Activation.Function.RELU), "sum"));
        }
      }
      case "scale channels" -> {
        nodes.add(node("mean", new Operation.GlobalAveragePool()));
        nodes.add(node("gate", new Convolution(8, 8, 1, 1, 0, 1, true), "mean"));
        nodes.add(node("sigmoid", new Activation(Activation.Function.SIGMOID), "gate"));
        nodes.add(node("x", new Operation.ScaleChannels(), "stem", "sigmoid"));
      }
      case "max pool" -> nodes.add(node("x", new Operation.MaxPool(3, 2, 1)));
      default ->
          nodes.add(
              node(
                  "x",
                  new Activation(
                      Activation.Function.valueOf(
                          kind.toUpperCase(java.util.Locale.ROOT).replace(' ', '_')))));
    }
    nodes.add(node("pool", new Operation.GlobalAveragePool(), "x"));
    nodes.add(node("flat", new Operation.Flatten(), "pool"));
    nodes.add(node("head.0", new Operation.Linear(CHANNELS, 16), "flat"));
    nodes.add(node("head.1", new Activation(Activation.Function.SILU), "head.0"));
    nodes.add(node("head.2", new Operation.Linear(16, OUT), "head.1"));
    return new NetworkSpec(kind, nodes, "pool");
  }

  private static Operation norm() {
    return new Operation.BatchNorm(CHANNELS, 1e-5f, 0.1f);
  }

  private static Node node(String name, Operation operation, String... inputs) {
    return new Node(name, operation, inputs.length == 0 ? List.of("stem") : List.of(inputs));
  }

  private static double loss(StudentEngine engine, StateDict state, float[] images, float[] slope) {
    engine.load(state);
    return product(engine.forward(images, BATCH), slope);
  }

  private static StateDict moved(StateDict start, String name, float[] direction, double step) {
    StateDict moved = new StateDict();
    for (Tensor tensor : start.tensors()) {
      float[] values = tensor.data().clone();
      if (tensor.name().equals(name)) {
        for (int i = 0; i < values.length; i++) {
          values[i] += (float) (step * direction[i]);
        }
      }
      moved.put(new Tensor(tensor.name(), tensor.shape(), values));
    }
    return moved;
  }

  private static double product(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  private static double norm(float[] values, double atLeast) {
    return Math.max(atLeast, Math.sqrt(product(values, values)));
  }

  private static float[] gaussian(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }
}
