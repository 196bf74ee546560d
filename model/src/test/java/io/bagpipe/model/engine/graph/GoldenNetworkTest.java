package io.bagpipe.model.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.Npy;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.Tensors;
import io.bagpipe.model.engine.nd4j.Nd4jKernels;
import io.bagpipe.model.engine.onednn.OneDnnKernels;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole tensors against PyTorch's, those of {@code -Dbagpipe.golden} too. Their images are float32
 * that no levels give, so they are put in the place of what the engine writes.
 */
class GoldenNetworkTest {
  private static final double TOLERANCE = 1e-3;

  @ParameterizedTest
  @CsvSource({
    "resnet18_w8_cifar, onednn",
    "resnet18_w8_imagenet, onednn",
    "resnet18_w8_imagenet, nd4j",
  })
  void agreesWithPyTorch(String name, String engineName) {
    // given a network, its parameters and a batch
    Path folder = Golden.path("network", name);
    JsonNode meta = Golden.json(folder.resolve("meta.json"));
    Tensor input = Npy.read(folder.resolve("input.npy"));
    int batch = input.shape()[0];
    byte[] pixels = new byte[input.data().length];
    float[] lossWeight = Npy.read(folder.resolve("loss_weight.npy")).data();
    try (StudentEngine engine = engine(engineName, meta, input)) {
      engine.load(Npy.readAll(folder.resolve("before.npz")));

      // then evaluation agrees
      check("eval_output", engine.embed(pixels, batch), folder);
      check("eval_features", engine.features(pixels, batch), folder);

      // and a training pass, and its gradients
      float[] outputGradient = new float[lossWeight.length];
      for (int i = 0; i < outputGradient.length; i++) {
        outputGradient[i] = lossWeight[i] / batch;
      }
      StateDict still = engine.velocities();
      check("train_output", engine.forward(pixels, batch), folder);
      engine.backward(outputGradient);
      engine.update(0, 0, 0);
      Tensors.assertClose(
          engine.velocities(), Npy.readAll(folder.resolve("grad.npz")), gradientTolerance(meta));

      // and two steps
      engine.load(Npy.readAll(folder.resolve("before.npz")));
      engine.loadVelocities(still);
      for (int step = 0; step < 2; step++) {
        engine.forward(pixels, batch);
        engine.backward(outputGradient);
        engine.update(value(meta, "lr"), value(meta, "momentum"), value(meta, "weight_decay"));
      }
      Tensors.assertClose(
          engine.state(), Npy.readAll(folder.resolve("after2.npz")), gradientTolerance(meta));
    }
  }

  private static StudentEngine engine(String name, JsonNode meta, Tensor input) {
    Nd4jRuntime.prepare(1);
    int batch = input.shape()[0];
    StepProfile profile = new StepProfile();
    Kernels kernels =
        name.equals("nd4j") ? new Nd4jKernels(profile) : new OneDnnKernels(batch, profile);
    return new GraphStudentEngine(
        new EngineRequest(spec(meta), input.shape()[2], batch, 1, PixelNormalizer.IMAGENET),
        writing(Npy.channelsLast(input), kernels),
        profile);
  }

  /** Kernels that write these images, whatever images they are given. */
  private static Kernels writing(float[] images, Kernels kernels) {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write")
                  && ((float[]) arguments[0]).length == images.length) {
                arguments[0] = images;
              }
              try {
                return method.invoke(kernels, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static float value(JsonNode meta, String name) {
    return (float) meta.get(name).asDouble();
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

  private static NetworkSpec spec(JsonNode meta) {
    JsonNode head = meta.get("head");
    return new Architecture(
            Architecture.Family.RESNET18,
            meta.get("width").asInt(),
            Stem.valueOf(meta.get("stem").asText().toUpperCase(Locale.ROOT)),
            new Head(head.get(1).asInt(), head.get(2).asInt()))
        .spec();
  }
}
