package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.NotFiniteException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StudentEvaluatorTest {
  private static final int SIDE = 2;
  private static final PixelNormalizer PIXELS =
      new PixelNormalizer(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.5f, 0.5f, 0.5f});

  /** Its feature is the colour of the first pixel, normalised. */
  private static final class ColourStudent implements StudentEngine {
    @Override
    public int inputSize() {
      return SIDE;
    }

    @Override
    public int featureDimension() {
      return 3;
    }

    @Override
    public int embeddingDimension() {
      return 1;
    }

    @Override
    public long parameterCount() {
      return 0;
    }

    @Override
    public float[] features(byte[] pixels, int batch) {
      float[] input = new float[pixels.length];
      PIXELS.apply(pixels, 0, pixels.length, input);
      float[] features = new float[batch * 3];
      for (int i = 0; i < batch; i++) {
        System.arraycopy(input, i * SIDE * SIDE * 3, features, i * 3, 3);
        if (features[i * 3] == -1 && features[i * 3 + 1] == -1) {
          features[i * 3] = Float.NaN;
        }
      }
      return features;
    }

    @Override
    public float[] forward(byte[] pixels, int batch) {
      throw new AssertionError("an evaluation must not train");
    }

    @Override
    public void backward(float[] outputGradient) {
      throw new AssertionError("an evaluation must not train");
    }

    @Override
    public void update(float rate, float momentum, float weightDecay) {
      throw new AssertionError("an evaluation must not train");
    }

    @Override
    public float[] embed(byte[] pixels, int batch) {
      throw new AssertionError("features are evaluated, not embeddings");
    }

    @Override
    public StateDict state() {
      return new StateDict();
    }

    @Override
    public void load(StateDict state) {}

    @Override
    public StateDict velocities() {
      return new StateDict();
    }

    @Override
    public void loadVelocities(StateDict velocities) {}

    @Override
    public FlatVector gradient() {
      throw new AssertionError("an evaluation must not train");
    }

    @Override
    public NegativeQueue negatives(int capacity, int dimension, long seed) {
      throw new AssertionError("an evaluation must not train");
    }

    @Override
    public StepProfile profile() {
      return new StepProfile();
    }

    @Override
    public void close() {}
  }

  private static LabelledViews views(Random random, int count, double wrong) {
    byte[] pixels = new byte[count * SIDE * SIDE * 3];
    random.nextBytes(pixels);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      int colour = random.nextInt(3);
      for (int channel = 0; channel < 3; channel++) {
        int value = channel == colour ? 200 + random.nextInt(50) : random.nextInt(20) + 1;
        pixels[i * SIDE * SIDE * 3 + channel] = (byte) value;
      }
      labels[i] = random.nextDouble() < wrong ? (colour + 1) % 3 : colour;
    }
    return new LabelledViews(pixels, labels);
  }

  private static StudentEvaluator evaluator(int batch) {
    return new StudentEvaluator(new ColourStudent(), KnnClassifier.of(5), batch);
  }

  @Test
  void evaluatesFeaturesOfIndexViews() {
    Random random = new Random(3);
    LabelledViews bank = views(random, 100, 0);
    LabelledViews queries = views(random, 41, 0);
    Evaluation evaluation = evaluator(16).evaluate(bank, queries);
    assertThat(evaluation.knnTop1()).isEqualTo(1);
    assertThat(evaluation.bankSize()).isEqualTo(100);
    assertThat(evaluation.queries()).isEqualTo(41);
    assertThat(evaluation.rankMe()).isBetween(2.0, 3.0);
    assertThat(evaluation.featureStd()).isBetween(0.1, 1.0);

    LabelledViews mislabelled = views(new Random(4), 400, 0.5);
    assertThat(evaluator(64).evaluate(bank, mislabelled).knnTop1()).isCloseTo(0.5, within(0.1));
  }

  @Test
  void doesNotDependOnItsBatch() {
    LabelledViews queries = views(new Random(5), 30, 0);
    float[] features = evaluator(7).features(queries.views(), 30);
    assertThat(evaluator(100).features(queries.views(), 30)).isEqualTo(features);
    float expected = ((queries.views()[29 * 12] & 255) / 255f - 0.5f) / 0.5f;
    assertThat(features[29 * 3]).isCloseTo(expected, within(1e-6f));
  }

  @Test
  void aFeatureThatIsNotFiniteIsNamed() {
    LabelledViews queries = views(new Random(5), 10, 0);
    queries.views()[4 * 12] = 0;
    queries.views()[4 * 12 + 1] = 0;
    assertThatThrownBy(() -> evaluator(3).features(queries.views(), 10))
        .isInstanceOf(NotFiniteException.class)
        .hasMessage("the student's feature of image 4 holds NaN");
  }
}
