package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenNetworkTest {
  private static final double TOLERANCE = 1e-3;

  @ParameterizedTest
  @ValueSource(strings = {"resnet18_w8_cifar", "resnet18_w8_imagenet"})
  void agreesWithPyTorch(String name) {
    agreesWithPyTorch(name, EngineOptions.Backend.ONEDNN);
  }

  @ParameterizedTest
  @ValueSource(strings = "resnet18_w8_imagenet")
  void agreesWithPyTorchOnNd4jsOperations(String name) {
    agreesWithPyTorch(name, EngineOptions.Backend.ND4J);
  }

  private static void agreesWithPyTorch(String name, EngineOptions.Backend backend) {
    // given a network, its parameters and a batch
    Path folder = Golden.path("network", name);
    JsonNode meta = Golden.json(folder.resolve("meta.json"));
    Tensor input = Npy.read(folder.resolve("input.npy"));
    int batch = input.shape()[0];
    int size = input.shape()[2];
    float[] images = Npy.channelsLast(input);
    float[] lossWeight = Npy.read(folder.resolve("loss_weight.npy")).data();
    try (StudentEngine engine =
        StudentEngines.create(spec(meta), size, batch, 1, new EngineOptions(1, backend))) {
      engine.load(Npy.readAll(folder.resolve("before.npz")));

      // then evaluation agrees
      check("eval_output", engine.embed(images, batch), folder);
      check("eval_features", engine.features(images, batch), folder);

      // and a training pass, and its gradients
      float[] outputGradient = new float[lossWeight.length];
      for (int i = 0; i < outputGradient.length; i++) {
        outputGradient[i] = lossWeight[i] / batch;
      }
      check("train_output", engine.forward(images, batch), folder);
      engine.backward(outputGradient);
      Tensors.assertClose(
          ((Nd4jStudentEngine) engine).gradients(),
          Npy.readAll(folder.resolve("grad.npz")),
          gradientTolerance(meta));

      // and two steps
      float rate = (float) meta.get("lr").asDouble();
      float momentum = (float) meta.get("momentum").asDouble();
      float weightDecay = (float) meta.get("weight_decay").asDouble();
      engine.update(rate, momentum, weightDecay);
      engine.forward(images, batch);
      engine.backward(outputGradient);
      engine.update(rate, momentum, weightDecay);
      Tensors.assertClose(
          engine.state(), Npy.readAll(folder.resolve("after2.npz")), gradientTolerance(meta));
    }
  }

  /**
   * In networks with many ReLUs near 0, PyTorch's own float32 is farther off than the tolerance.
   */
  private static double gradientTolerance(JsonNode meta) {
    return Math.max(TOLERANCE, 2 * meta.path("float32_distance").asDouble(0));
  }

  private static void check(String what, float[] actual, Path folder) {
    float[] expected = Npy.read(folder.resolve(what + ".npy")).data();
    assertThat(Tensors.distance(actual, expected)).as(what).isLessThan(TOLERANCE);
  }

  private static io.bagpipe.model.network.NetworkSpec spec(JsonNode meta) {
    JsonNode head = meta.get("head");
    return new Architecture(
            Architecture.Family.RESNET18,
            meta.get("width").asInt(),
            Stem.valueOf(meta.get("stem").asText().toUpperCase(Locale.ROOT)),
            new Head(head.get(1).asInt(), head.get(2).asInt()))
        .spec();
  }
}
