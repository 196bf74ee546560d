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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StudentEvaluatorTest {
  private static final int SIDE = 2;
  private static final PixelNormalizer PIXELS =
      new PixelNormalizer(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.5f, 0.5f, 0.5f});

  /** Its feature is the colour of the first pixel, normalised. */
  private static class ColourStudent implements StudentEngine {
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

  /** Views that are there as a whole. */
  private record Held(byte[] views, int[] labels) implements LabelledViews {
    private static final int IMAGE = SIDE * SIDE * 3;

    @Override
    public int count() {
      return labels.length;
    }

    @Override
    public void read(Sink sink) {
      for (int i = 0; i < labels.length; i++) {
        if (!sink.take(Arrays.copyOfRange(views, i * IMAGE, (i + 1) * IMAGE), labels[i])) {
          return;
        }
      }
    }
  }

  private static Held views(Random random, int count, double wrong) {
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
    return new Held(pixels, labels);
  }

  private static StudentEvaluator evaluator(int batch) {
    return new StudentEvaluator(new ColourStudent(), KnnClassifier.of(5), batch);
  }

  private static Evaluation evaluate(
      StudentEvaluator evaluator, LabelledViews bank, LabelledViews queries) {
    return Objects.requireNonNull(evaluator.evaluate(bank, queries, EvaluationWatch.NONE));
  }

  @Test
  void evaluatesFeaturesOfIndexViews() {
    Random random = new Random(3);
    LabelledViews bank = views(random, 100, 0);
    LabelledViews queries = views(random, 41, 0);
    Evaluation evaluation = evaluate(evaluator(16), bank, queries);
    assertThat(evaluation.knnTop1()).isEqualTo(1);
    assertThat(evaluation.linearTop1()).isEqualTo(1);
    assertThat(evaluation.bankSize()).isEqualTo(100);
    assertThat(evaluation.queries()).isEqualTo(41);
    assertThat(evaluation.rankMe()).isBetween(2.0, 3.0);
    assertThat(evaluation.featureStd()).isBetween(0.1, 1.0);

    LabelledViews mislabelled = views(new Random(4), 400, 0.5);
    Evaluation half = evaluate(evaluator(64), bank, mislabelled);
    assertThat(half.knnTop1()).isCloseTo(0.5, within(0.1));
    assertThat(half.linearTop1()).isCloseTo(0.5, within(0.1));
  }

  @Test
  void dependsNeitherOnItsBatchNorOnHowTheBankIsCut() {
    LabelledViews bank = views(new Random(5), 1030, 0.3);
    LabelledViews queries = views(new Random(6), 131, 0);
    Evaluation whole = evaluate(evaluator(256), bank, queries);
    for (int batch : new int[] {1, 7, 1000}) {
      for (int tile : new int[] {1, 64, 333, 1030, 4000}) {
        StudentEvaluator cut =
            new StudentEvaluator(new ColourStudent(), KnnClassifier.of(5), batch, tile);
        assertThat(evaluate(cut, bank, queries)).as("%d, %d", batch, tile).isEqualTo(whole);
      }
    }
  }

  @Test
  void aBankSmallerThanItsNeighboursVotesAsAWhole() {
    LabelledViews bank = views(new Random(7), 3, 0);
    LabelledViews queries = views(new Random(8), 20, 0);
    assertThat(evaluate(evaluator(16), bank, queries).bankSize()).isEqualTo(3);
  }

  /** Its feature is a view's first byte and what that lacks; it never has more than its batch. */
  private static final class LargeStudent extends ColourStudent {
    private int most;

    @Override
    public int inputSize() {
      return 224;
    }

    @Override
    public int featureDimension() {
      return 2;
    }

    @Override
    public float[] features(byte[] pixels, int batch) {
      int image = pixels.length / 16;
      most = Math.max(most, pixels.length);
      float[] features = new float[batch * 2];
      for (int i = 0; i < batch; i++) {
        features[2 * i] = pixels[i * image];
        features[2 * i + 1] = 100 - pixels[i * image];
      }
      return features;
    }
  }

  /** A view that is made again and again, its first byte counting to a hundred. */
  private record Endless(int count) implements LabelledViews {
    @Override
    public void read(Sink sink) {
      byte[] view = new byte[224 * 224 * 3];
      for (int i = 0; i < count; i++) {
        view[0] = (byte) (i % 100);
        if (!sink.take(view, i % 100)) {
          return;
        }
      }
    }
  }

  /** 14,267 views of 224 pixels are more bytes than an array can have. */
  @Test
  void viewsAreNotKept() {
    LargeStudent student = new LargeStudent();
    Evaluation evaluation =
        evaluate(
            new StudentEvaluator(student, KnnClassifier.of(5), 16),
            new Endless(14_267),
            new Endless(200));
    assertThat(evaluation.bankSize()).isEqualTo(14_267);
    assertThat(evaluation.knnTop1()).isEqualTo(1);
    assertThat(student.most).isEqualTo(16 * 224 * 224 * 3);
  }

  @Test
  void theWatchIsToldAndMayEndIt() {
    List<Long> told = new ArrayList<>();
    Held bank = views(new Random(5), 30, 0);
    Held queries = views(new Random(6), 10, 0);
    assertThat(evaluator(8).evaluate(bank, queries, (done, all) -> told.add(done) && all == 40))
        .isNotNull();
    assertThat(told).containsExactly(8L, 10L, 18L, 26L, 34L, 40L);
    assertThat(evaluator(8).evaluate(bank, queries, (done, all) -> done < 26)).isNull();
  }

  @Test
  void memoryForQueriesIsBounded() {
    assertThat(StudentEvaluator.mostQueries(512, 20)).isBetween(200_000, 300_000);
    assertThat(StudentEvaluator.mostQueries(2048, 10_000)).isBetween(5_000, 10_000);
  }

  @Test
  void aFeatureThatIsNotFiniteIsNamed() {
    Held queries = views(new Random(5), 10, 0);
    queries.views()[4 * 12] = 0;
    queries.views()[4 * 12 + 1] = 0;
    assertThatThrownBy(() -> evaluate(evaluator(3), views(new Random(6), 5, 0), queries))
        .isInstanceOf(NotFiniteException.class)
        .hasMessage("the student's feature of image 4 holds NaN");
  }
}
