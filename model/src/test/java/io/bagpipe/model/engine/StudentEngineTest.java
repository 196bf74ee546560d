package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StudentEngineTest {
  private static final int SIZE = 16;
  private static final int BATCH = 4;
  private static final NetworkSpec SPEC =
      new Architecture(Family.RESNET18, 8, Stem.CIFAR, new Head(32, 16)).spec();

  @Test
  void gradientsOfPassesAddUpUntilTheUpdate() {
    float[][] images = {images(BATCH, 1), images(BATCH, 2), images(BATCH, 3)};
    float[] slope = values(BATCH * 16, 4);
    try (StudentEngine together = engine(7);
        StudentEngine single = engine(7)) {
      // given the gradients of three passes, each alone
      double[] sum = new double[3 * 3 * 3 * 8];
      for (float[] batch : images) {
        single.forward(batch, BATCH);
        single.backward(slope);
        float[] gradient = gradients(single).get("conv1.weight").data();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += gradient[i];
        }
        single.update(0, 0, 0);
      }

      // when they run together
      for (float[] batch : images) {
        together.forward(batch, BATCH);
        together.backward(slope);
      }

      // then they add up, and an update clears them
      float[] expected = new float[sum.length];
      for (int i = 0; i < sum.length; i++) {
        expected[i] = (float) sum[i];
      }
      assertThat(Tensors.distance(gradients(together).get("conv1.weight").data(), expected))
          .isLessThan(1e-5);
      together.update(0, 0, 0);
      together.forward(images[0], BATCH);
      together.backward(slope);
      single.load(together.state());
      single.forward(images[0], BATCH);
      single.backward(slope);
      assertThat(gradients(together).get("conv1.weight").data())
          .isEqualTo(gradients(single).get("conv1.weight").data());
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    try (StudentEngine first = engine(11);
        StudentEngine second = engine(11)) {
      for (int step = 0; step < 3; step++) {
        for (StudentEngine engine : new StudentEngine[] {first, second}) {
          for (int pass = 0; pass < 3; pass++) {
            engine.forward(images(BATCH, step * 3 + pass), BATCH);
            engine.backward(values(BATCH * 16, step));
          }
          engine.update(0.03f, 0.9f, 1e-4f);
        }
      }

      assertSame(first.state(), second.state());
      assertSame(first.velocities(), second.velocities());
    }
  }

  @Test
  void evaluationTakesAnyNumberOfImagesAndDoesNotMixThem() {
    float[] eleven = images(11, 5);
    int image = eleven.length / 11;
    try (StudentEngine engine = engine(1)) {
      float[] together = engine.embed(eleven, 11);
      float[] features = engine.features(eleven, 11);

      assertThat(together).hasSize(11 * 16);
      assertThat(features).hasSize(11 * 64);
      for (int i = 0; i < 11; i++) {
        float[] alone = Arrays.copyOfRange(eleven, i * image, (i + 1) * image);
        assertThat(engine.embed(alone, 1))
            .isEqualTo(Arrays.copyOfRange(together, i * 16, (i + 1) * 16));
        assertThat(engine.features(alone, 1))
            .isEqualTo(Arrays.copyOfRange(features, i * 64, (i + 1) * 64));
      }
    }
  }

  @Test
  void stateAndVelocitiesCarryARunOver() {
    float[] slope = values(BATCH * 16, 4);
    try (StudentEngine whole = engine(3);
        StudentEngine resumed = engine(99)) {
      whole.forward(images(BATCH, 1), BATCH);
      whole.backward(slope);
      whole.update(0.03f, 0.9f, 1e-4f);

      resumed.load(whole.state());
      resumed.loadVelocities(whole.velocities());
      for (StudentEngine engine : new StudentEngine[] {whole, resumed}) {
        engine.forward(images(BATCH, 2), BATCH);
        engine.backward(slope);
        engine.update(0.02f, 0.9f, 1e-4f);
      }

      assertSame(whole.state(), resumed.state());
    }
  }

  @Test
  void evaluationLeavesStateAlone() {
    try (StudentEngine engine = engine(3)) {
      StateDict before = engine.state();
      engine.embed(images(3, 1), 3);
      assertSame(engine.state(), before);
    }
  }

  @Test
  void wrongUseIsSaidInALine() {
    try (StudentEngine engine = engine(1)) {
      assertThatThrownBy(() -> engine.forward(images(3, 1), 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a training batch of 3 images; this engine was made for 4");
      assertThatThrownBy(() -> engine.backward(new float[BATCH * 16]))
          .isInstanceOf(IllegalStateException.class);
      engine.forward(images(BATCH, 1), BATCH);
      engine.embed(images(1, 1), 1); // overwrites the activations
      assertThatThrownBy(() -> engine.backward(new float[BATCH * 16]))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> engine.embed(new float[5], 1)).hasMessageContaining("5 values");
    }
  }

  private static StudentEngine engine(long seed) {
    return StudentEngines.create(
        SPEC, SIZE, BATCH, seed, new EngineOptions(1, EngineOptions.Backend.AUTO));
  }

  private static StateDict gradients(StudentEngine engine) {
    return ((Nd4jStudentEngine) engine).gradients();
  }

  private static void assertSame(StateDict actual, StateDict expected) {
    for (Tensor tensor : expected.tensors()) {
      assertThat(actual.get(tensor.name()).data()).as(tensor.name()).isEqualTo(tensor.data());
    }
  }

  private static float[] images(int count, long seed) {
    return values(count * SIZE * SIZE * 3, seed);
  }

  private static float[] values(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
