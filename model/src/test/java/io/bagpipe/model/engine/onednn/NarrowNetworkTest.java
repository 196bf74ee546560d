package io.bagpipe.model.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A network of 4 channels on 64 pixels a side: oneDNN 3.11's own kernel for the weights' gradient
 * of its strided 1x1 convolutions overwrites what lies beyond, and the process dies soon after. So
 * it does with libtorch's copy of that kernel, which is why this is held against ND4J's operations.
 */
class NarrowNetworkTest {
  private static final int SIDE = 64;
  private static final int BATCH = 16;
  private static final int DIMENSION = 8;

  /** What a ReLU does whose input is within rounding of 0, on the other side than elsewhere. */
  private static final double OF_A_RELU = 3e-2;

  private static StateDict afterOneStep(String provider) {
    var network =
        new Architecture(Architecture.Family.RESNET18, 4, Stem.CIFAR, new Head(16, DIMENSION));
    float[] half = {0.5f, 0.5f, 0.5f};
    var request =
        new EngineRequest(network.spec(), SIDE, BATCH, 5, new PixelNormalizer(half, half));
    byte[] pixels = new byte[BATCH * SIDE * SIDE * 3];
    new Random(1).nextBytes(pixels);
    float[] slope = new float[BATCH * DIMENSION];
    for (int i = 0; i < slope.length; i++) {
      slope[i] = (i % 7 - 3) * 0.01f;
    }
    try (StudentEngine engine =
        StudentEngines.create(
            request, new EngineOptions(provider, Device.CPU, EngineOptions.FLOAT32, 2))) {
      for (int pass = 0; pass < 3; pass++) { // as often as it took to die
        engine.forward(pixels, BATCH);
        engine.backward(slope);
      }
      engine.update(0.1f, 0.9f, 0);
      return engine.velocities();
    }
  }

  @Test
  void hasNd4jsGradientsAndHarmsNothing() {
    StateDict expected = afterOneStep("nd4j");
    StateDict actual = afterOneStep("onednn");

    for (Tensor tensor : expected.tensors()) {
      float[] values = tensor.data();
      float[] others = actual.get(tensor.name()).data();
      double square = 0;
      double distance = 0;
      for (int i = 0; i < values.length; i++) {
        square += (double) values[i] * values[i];
        distance += ((double) others[i] - values[i]) * ((double) others[i] - values[i]);
      }
      assertThat(Math.sqrt(distance / square)).as(tensor.name()).isLessThan(OF_A_RELU);
    }
  }
}
