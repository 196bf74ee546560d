package io.bagpipe.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.nativelib.NativeMemory;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Native memory is as it was after many steps: every temporary ended with its pass. */
class TorchMemoryTest {
  private static final int BATCH = 2;
  private static final int SIZE = 16;
  private static final int CHANNELS = 64;
  private static final int STEPS = 2000;

  /**
   * JavaCPP counts handles, not what tensors hold: steps that each lost one activation (128 KB)
   * would make the process 256 MB larger. The rest is left to Java's heap.
   */
  private static final long RESIDENT = 96 << 20;

  /** One layer of each of the usual kinds. */
  static NetworkSpec network() {
    return new NetworkSpec(
        "tiny",
        List.of(
            node(
                "stem",
                new Operation.Convolution(3, CHANNELS, 3, 1, 1, 1, true),
                NetworkSpec.INPUT),
            node("norm", new Operation.BatchNorm(CHANNELS, 1e-5f, 0.1f), "stem"),
            node("relu", new Operation.Activation(Operation.Activation.Function.RELU), "norm"),
            node("pool", new Operation.GlobalAveragePool(), "relu"),
            node("flat", new Operation.Flatten(), "pool"),
            node("head", new Operation.Linear(CHANNELS, 4), "flat")),
        "pool");
  }

  private static Node node(String name, Operation operation, String input) {
    return new Node(name, operation, List.of(input));
  }

  @Test
  void stepsLeaveNothingBehind() {
    byte[] pixels = new byte[BATCH * SIZE * SIZE * 3];
    long before = Pointer.totalCount();
    EngineRequest request = new EngineRequest(network(), SIZE, BATCH, 1, PixelNormalizer.IMAGENET);
    EngineOptions options = TestDevice.options(EngineOptions.FLOAT32);
    try (StudentEngine engine = StudentEngines.create(request, options);
        NegativeQueue queue = engine.negatives(1024, 1)) {
      steps(engine, queue, pixels, STEPS / 10);
      long tracked = Pointer.totalBytes();
      long count = Pointer.totalCount();
      long resident = NativeMemory.residentBytes();

      steps(engine, queue, pixels, STEPS);

      assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(tracked);
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
      assertThat(NativeMemory.residentBytes() - resident).isLessThan(RESIDENT);
    }
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  private static void steps(StudentEngine engine, NegativeQueue queue, byte[] pixels, int steps) {
    for (int step = 0; step < steps; step++) {
      pixels[step % pixels.length]++;
      float[] output = engine.forward(pixels, BATCH);
      queue.attend(output, 0.2f);
      engine.backward(output);
      engine.update(0.01f, 0.9f, 1e-4f);
      queue.enqueue(new float[BATCH * 4]);
      if (step % 100 == 0) {
        engine.embed(pixels, BATCH);
        engine.load(engine.state());
        engine.loadVelocities(engine.velocities());
      }
    }
  }
}
