package io.bagpipe.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every student engine must do. A provider's test class inherits it, once for each way that it
 * can compute, and says only which way that is.
 */
public abstract class StudentEngineContract {
  private static final int SIZE = 16;
  private static final int BATCH = 4;
  private static final int EMBEDDING = 16;
  private static final NetworkSpec SPEC =
      new Architecture(Family.RESNET18, 8, Stem.CIFAR, new Head(32, EMBEDDING)).spec();
  private static final PixelNormalizer PIXELS =
      new PixelNormalizer(new float[] {0.5f, 0.4f, 0.6f}, new float[] {0.25f, 0.3f, 0.2f});
  private static final long LAYER_SEED = 5;

  /** The engine under test, by name, device and precision. */
  protected abstract EngineOptions options();

  /** How far from float64 it may be, relative to a tensor's norm. */
  protected double tolerance() {
    return 1e-3;
  }

  /** Whether it has this kind of layer; those of the five architectures are no choice. */
  protected boolean runs(String layer) {
    return true;
  }

  /** Whether the same passes give the same bits; if not, they are as near as the tolerance says. */
  protected boolean sameBits() {
    return true;
  }

  private StudentEngine engine(EngineRequest request) {
    return StudentEngines.create(request, options());
  }

  private StudentEngine engine(long seed) {
    return engine(new EngineRequest(SPEC, SIZE, BATCH, seed, PIXELS));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void agreesWithPyTorchOnEveryArchitecture(Family family) {
    TorchvisionStudent golden = new TorchvisionStudent(family);
    byte[] pixels = golden.pixels();
    float[] slope = golden.slope();
    int batch = TorchvisionStudent.BATCH;
    double tolerance = golden.tolerance(tolerance());
    try (StudentEngine engine = engine(golden.request())) {
      engine.load(golden.state());

      golden.check("eval_output", engine.embed(pixels, batch), tolerance);
      golden.check("eval_features", engine.features(pixels, batch), tolerance);
      golden.check("train_output", engine.forward(pixels, batch), tolerance);
      engine.backward(slope);
      golden.checkSummary("gradients", takeGradients(engine), tolerance);

      engine.load(golden.state());
      clearVelocities(engine);
      for (int step = 0; step < 2; step++) {
        engine.forward(pixels, batch);
        engine.backward(slope);
        engine.update(0.001f, 0.9f, 1e-4f);
      }
      golden.checkSummary("after2", engine.state(), tolerance);
    }
  }

  /**
   * Along random directions of each parameter, those before the layer under test among them, so
   * that its input gradient is tried too.
   */
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
  void followsFiniteDifferences(String layer) {
    assumeTrue(runs(layer), layer);
    Random random = new Random(LAYER_SEED);
    int size = 8;
    byte[] pixels = Vectors.bytes(random, BATCH * size * size * 3);
    float[] slope = Vectors.gaussian(random, BATCH * LayerNetworks.OUT);
    NetworkSpec spec = LayerNetworks.of(layer);
    try (StudentEngine engine = engine(new EngineRequest(spec, size, BATCH, LAYER_SEED, PIXELS))) {
      StateDict start = engine.state();
      engine.forward(pixels, BATCH);
      engine.backward(slope);
      for (Tensor gradient : takeGradients(engine).tensors()) {
        float[] direction = Vectors.gaussian(random, gradient.data().length);
        double analytic = Vectors.product(gradient.data(), direction);
        double length = Vectors.norm(direction);
        double values = Math.max(1, Vectors.norm(start.get(gradient.name()).data()));
        double step = 2e-3 * values / Math.max(1, length);
        engine.load(moved(start, gradient.name(), direction, step));
        double up = Vectors.product(engine.forward(pixels, BATCH), slope);
        engine.load(moved(start, gradient.name(), direction, -step));
        double down = Vectors.product(engine.forward(pixels, BATCH), slope);
        double scale = Math.max(2e-2, Vectors.norm(gradient.data())) * Math.max(2e-2, length);
        assertThat((up - down) / (2 * step) / scale)
            .as("%s: %s (seed %d)", layer, gradient.name(), LAYER_SEED)
            .isCloseTo(analytic / scale, within(5 * tolerance()));
      }
    }
  }

  @Test
  void gradientsOfPassesAddUpUntilTheUpdate() {
    byte[][] images = {images(BATCH, 1), images(BATCH, 2), images(BATCH, 3)};
    float[] slope = values(BATCH * EMBEDDING, 4);
    try (StudentEngine together = engine(7);
        StudentEngine single = engine(7)) {
      // given the gradients of three passes, each alone
      float[] sum = new float[3 * 3 * 3 * 8];
      for (byte[] batch : images) {
        single.forward(batch, BATCH);
        single.backward(slope);
        float[] gradient = takeGradients(single).get("conv1.weight").data();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += gradient[i];
        }
      }

      // when they run together
      for (byte[] batch : images) {
        together.forward(batch, BATCH);
        together.backward(slope);
      }

      // then they add up, and an update clears them
      assertThat(Tensors.distance(takeGradients(together).get("conv1.weight").data(), sum))
          .isLessThan(tolerance() / 100);
      together.forward(images[0], BATCH);
      together.backward(slope);
      single.load(together.state());
      single.forward(images[0], BATCH);
      single.backward(slope);
      assertSame(takeGradients(together), takeGradients(single));
    }
  }

  @Test
  void theFlatGradientIsWhatTheUpdateUses() {
    float[] slope = values(BATCH * EMBEDDING, 4);
    try (StudentEngine plain = engine(7);
        StudentEngine scaled = engine(7)) {
      FlatVector gradient = scaled.gradient();
      assumeTrue(gradient.device().kind() == Device.Kind.CPU, "the gradient lies on a device");
      assertThat(gradient.length()).isGreaterThanOrEqualTo(scaled.parameterCount());
      assertThat(floats(gradient)).containsOnly(0);
      for (StudentEngine engine : new StudentEngine[] {plain, scaled}) {
        engine.forward(images(BATCH, 1), BATCH);
        engine.backward(slope);
      }

      // when somebody doubles it, as a sum over two equal ranks would
      assertThat(floats(gradient)).isEqualTo(floats(plain.gradient()));
      double squares = Math.pow(Vectors.norm(floats(gradient)), 2);
      FloatBuffer values = gradient.values();
      for (int i = 0; i < gradient.length(); i++) {
        values.put(i, 2 * values.get(i));
      }

      // then the update sees twice the gradient, padding aside nothing else, and clears it
      StateDict single = takeGradients(plain);
      StateDict twice = takeGradients(scaled);
      double sum = 0;
      for (Tensor tensor : single.tensors()) {
        float[] expected = tensor.data().clone();
        for (int i = 0; i < expected.length; i++) {
          expected[i] *= 2;
        }
        assertThat(twice.get(tensor.name()).data()).as(tensor.name()).isEqualTo(expected);
        sum += Math.pow(Vectors.norm(tensor.data()), 2);
      }
      assertThat(squares).isCloseTo(sum, within(1e-6 * sum));
      assertThat(scaled.gradient()).isSameAs(gradient);
      assertThat(gradient.address()).isNotZero();
      assertThat(floats(gradient)).containsOnly(0);
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    try (StudentEngine first = engine(11);
        StudentEngine second = engine(11)) {
      for (int step = 0; step < 3; step++) {
        for (StudentEngine engine : new StudentEngine[] {first, second}) {
          for (int pass = 0; pass < 3; pass++) {
            engine.forward(images(BATCH, step * 3L + pass), BATCH);
            engine.backward(values(BATCH * EMBEDDING, step));
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
    byte[] eleven = images(11, 5);
    int image = eleven.length / 11;
    try (StudentEngine engine = engine(1)) {
      float[] together = engine.embed(eleven, 11);
      float[] features = engine.features(eleven, 11);

      assertThat(together).hasSize(11 * EMBEDDING);
      assertThat(features).hasSize(11 * engine.featureDimension());
      for (int i = 0; i < 11; i++) {
        byte[] alone = Arrays.copyOfRange(eleven, i * image, (i + 1) * image);
        int feature = engine.featureDimension();
        assertSame(
            "embedding " + i,
            engine.embed(alone, 1),
            Arrays.copyOfRange(together, i * EMBEDDING, (i + 1) * EMBEDDING));
        assertSame(
            "feature " + i,
            engine.features(alone, 1),
            Arrays.copyOfRange(features, i * feature, (i + 1) * feature));
      }
    }
  }

  @Test
  void stateAndVelocitiesCarryARunOver() {
    float[] slope = values(BATCH * EMBEDDING, 4);
    try (StudentEngine whole = engine(3);
        StudentEngine resumed = engine(99)) {
      whole.forward(images(BATCH, 1), BATCH);
      whole.backward(slope);
      whole.update(0.03f, 0.9f, 1e-4f);

      resumed.load(whole.state());
      resumed.loadVelocities(whole.velocities());
      assertSame(resumed.state(), whole.state());
      assertSame(resumed.velocities(), whole.velocities());
      for (StudentEngine engine : new StudentEngine[] {whole, resumed}) {
        engine.forward(images(BATCH, 2), BATCH);
        engine.backward(slope);
        engine.update(0.02f, 0.9f, 1e-4f);
      }

      assertSame(whole.state(), resumed.state());
    }
  }

  @Test
  void onlyTrainingMovesRunningStatisticsAndOnlyUpdatesMoveWeights() {
    try (StudentEngine engine = engine(3)) {
      StateDict before = engine.state();
      engine.embed(images(3, 1), 3);
      assertSame(engine.state(), before);
      engine.forward(images(BATCH, 1), BATCH);
      StateDict after = engine.state();
      for (Tensor tensor : before.tensors()) {
        boolean moves = tensor.name().contains("running");
        assertThat(Arrays.equals(after.get(tensor.name()).data(), tensor.data()))
            .as(tensor.name())
            .isEqualTo(!moves);
      }
    }
  }

  @Test
  void aMomentumEncoderFollowsTheParametersAndKeepsItsOwnStatistics() {
    float[] slope = values(BATCH * EMBEDDING, 4);
    try (StudentEngine engine = engine(3);
        MomentumEncoder encoder = engine.momentumEncoder();
        StudentEngine alone = engine(3)) {
      StateDict start = engine.state();
      assertSame(encoder.state(), start);
      engine.forward(images(BATCH, 1), BATCH);
      engine.backward(slope);
      engine.update(0.03f, 0.9f, 1e-4f);
      StateDict student = engine.state();

      encoder.follow(0.75f);

      StateDict followed = encoder.state();
      for (Tensor tensor : student.tensors()) {
        float[] own = followed.get(tensor.name()).data();
        float[] was = start.get(tensor.name()).data();
        float share = tensor.name().contains("running") ? 0 : 0.25f;
        for (int i = 0; i < own.length; i++) {
          float expected = was[i] + share * (tensor.data()[i] - was[i]);
          assertThat(own[i]).as(tensor.name()).isCloseTo(expected, within(1e-6f));
        }
      }

      // its pass is that of an engine with its weights, and the student's next is not touched by it
      alone.load(followed);
      assertThat(encoder.forward(images(BATCH, 2), BATCH))
          .isEqualTo(alone.forward(images(BATCH, 2), BATCH));
      assertSame(encoder.state(), alone.state());
      assertSame(engine.state(), student);
    }
  }

  @Test
  void aMomentumEncodersPassLeavesTheStudentsGradientsAndCanBeCarriedOver() {
    float[] slope = values(BATCH * EMBEDDING, 4);
    try (StudentEngine engine = engine(3);
        StudentEngine undisturbed = engine(3);
        MomentumEncoder encoder = engine.momentumEncoder();
        MomentumEncoder other = engine.momentumEncoder()) {
      for (StudentEngine each : new StudentEngine[] {engine, undisturbed}) {
        each.forward(images(BATCH, 1), BATCH);
        each.backward(slope);
      }
      encoder.forward(images(BATCH, 2), BATCH);
      assertThatThrownBy(() -> engine.backward(slope)).isInstanceOf(IllegalStateException.class);
      other.load(encoder.state());
      assertSame(other.state(), encoder.state());
      for (StudentEngine each : new StudentEngine[] {engine, undisturbed}) {
        each.forward(images(BATCH, 3), BATCH);
        each.backward(slope);
        each.update(0.03f, 0.9f, 1e-4f);
      }

      assertSame(engine.state(), undisturbed.state());
      assertThatThrownBy(() -> encoder.follow(1.5f)).hasMessage("momentum 1.5; valid: 0 to 1");
      assertThatThrownBy(() -> encoder.load(new StateDict())).hasMessageContaining("conv1.weight");
      assertSame(engine.state(), undisturbed.state());
    }
  }

  @Test
  void wrongUseIsSaidInALine() {
    float[] slope = new float[BATCH * EMBEDDING];
    try (StudentEngine engine = engine(1)) {
      assertThatThrownBy(() -> engine.forward(images(3, 1), 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a training batch of 3 images; this engine was made for 4");
      assertThatThrownBy(() -> engine.backward(slope)).isInstanceOf(IllegalStateException.class);
      engine.forward(images(BATCH, 1), BATCH);
      engine.embed(images(1, 1), 1); // overwrites the activations
      assertThatThrownBy(() -> engine.backward(slope)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> engine.embed(new byte[5], 1)).hasMessageContaining("5 bytes");
      assertThatThrownBy(() -> engine.load(new StateDict())).hasMessageContaining("conv1.weight");
    }
  }

  @Test
  void itsQueueAttendsAsTheDefinitionSays() {
    int capacity = 4096 + 37;
    Random random = new Random(2);
    try (StudentEngine engine = engine(1);
        NegativeQueue queue = engine.negatives(capacity, 5)) {
      assertThat(queue.capacity()).isEqualTo(capacity);
      assertThat(queue.dimension()).isEqualTo(EMBEDDING);
      float[] keys = Vectors.unitRows(random, 100, EMBEDDING);
      queue.enqueue(keys);
      assertThat(queue.position()).isEqualTo(100);
      float[] rows = queue.snapshot();
      assertThat(Arrays.copyOf(rows, keys.length)).isEqualTo(keys);

      // two batch sizes and temperatures in turn, the keys themselves among the rows
      for (float temperature : new float[] {0.2f, 1e-4f, 0.2f}) {
        for (int batch : new int[] {7, 32}) {
          float[] unit = Arrays.copyOf(keys, batch * EMBEDDING);
          check(queue.attend(unit, temperature), unit, rows, temperature);
        }
      }

      // and it goes on from where a snapshot was taken
      try (NegativeQueue restored = engine.negatives(capacity, 6)) {
        restored.restore(rows, queue.position());
        queue.enqueue(keys);
        restored.enqueue(keys);
        assertThat(restored.snapshot()).isEqualTo(queue.snapshot());
        assertThat(restored.position()).isEqualTo(queue.position());
      }
    }
  }

  private void check(Attention actual, float[] unit, float[] rows, float temperature) {
    int batch = actual.sums().length;
    int width = unit.length / batch;
    float[] sums = new float[batch];
    float[] vectors = new float[unit.length];
    for (int b = 0; b < batch; b++) {
      double sum = 0;
      double[] vector = new double[width];
      for (int row = 0; row < rows.length; row += width) {
        double product = 0;
        for (int i = 0; i < width; i++) {
          product += (double) unit[b * width + i] * rows[row + i];
        }
        double weight = Math.exp((product - 1) / temperature);
        sum += weight;
        for (int i = 0; i < width; i++) {
          vector[i] += weight * rows[row + i];
        }
      }
      sums[b] = (float) sum;
      for (int i = 0; i < width; i++) {
        vectors[b * width + i] = (float) vector[i];
      }
    }
    // float32's rounding of a product near 1 is divided by the temperature
    double within = tolerance() / 10 + 1e-6 / temperature;
    assertThat(Tensors.distance(actual.sums(), sums)).as("T %s", temperature).isLessThan(within);
    assertThat(Tensors.distance(actual.vectors(), vectors))
        .as("T %s", temperature)
        .isLessThan(within);
  }

  @Test
  void aQueueOfLongerRowsSeesAllOfThem() {
    Random random = new Random(9);
    int width = 2 * EMBEDDING + 3;
    try (StudentEngine engine = engine(1);
        NegativeQueue queue = engine.negatives(33, width, 5)) {
      float[] rows = Vectors.unitRows(random, 33, width);
      queue.restore(rows, 4);
      float[] asked = Vectors.unitRows(random, 5, width);
      check(queue.attend(asked, 0.2f), asked, rows, 0.2f);
      assertThat(queue.dimension()).isEqualTo(width);
    }
  }

  @Test
  void everyEngineStartsFromTheSameWeightsAndNegatives() {
    try (StudentEngine engine = engine(21);
        NegativeQueue queue = engine.negatives(50, 3);
        NegativeQueue same = engine.negatives(50, 3)) {
      assertSame(engine.state(), SPEC.initialState(21));
      assertThat(queue.snapshot()).isEqualTo(same.snapshot());
      // row n is a function of (seed, n): a longer queue begins alike
      try (NegativeQueue longer = engine.negatives(60, 3)) {
        assertThat(Arrays.copyOf(longer.snapshot(), 50 * EMBEDDING)).isEqualTo(queue.snapshot());
      }
    }
  }

  /**
   * The gradients by name; they are used up: an update that moves nothing makes them velocities.
   */
  private static StateDict takeGradients(StudentEngine engine) {
    clearVelocities(engine);
    engine.update(0, 0, 0);
    return engine.velocities();
  }

  private static void clearVelocities(StudentEngine engine) {
    StateDict zeros = new StateDict();
    for (Tensor tensor : engine.velocities().tensors()) {
      zeros.put(new Tensor(tensor.name(), tensor.shape(), new float[tensor.data().length]));
    }
    engine.loadVelocities(zeros);
  }

  private static float[] floats(FlatVector vector) {
    float[] values = new float[Math.toIntExact(vector.length())];
    vector.values().get(values);
    return values;
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

  private void assertSame(StateDict actual, StateDict expected) {
    assertThat(actual.tensors()).hasSameSizeAs(expected.tensors());
    for (Tensor tensor : expected.tensors()) {
      assertSame(tensor.name(), actual.get(tensor.name()).data(), tensor.data());
    }
  }

  private void assertSame(String what, float[] actual, float[] expected) {
    if (sameBits()) {
      assertThat(actual).as(what).isEqualTo(expected);
    } else {
      assertThat(Tensors.distance(actual, expected)).as(what).isLessThan(tolerance());
    }
  }

  private static byte[] images(int count, long seed) {
    return Vectors.bytes(new Random(seed), count * SIZE * SIZE * 3);
  }

  private static float[] values(int count, long seed) {
    return Vectors.gaussian(new Random(seed), count);
  }
}
