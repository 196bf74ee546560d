package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.UnitRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A teacher's features are evaluated as a student's are. */
class TeacherEvaluationTest {
  private static final int SIDE = 2;

  /** Its feature is the colour of the first pixel; it refuses what is black. */
  private static final class ColourTeacher implements TeacherEncoder {
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
      return 3;
    }

    @Override
    public UnitRows features(byte[] views, int count) {
      UnitRows rows = new UnitRows("features", count, 3);
      for (int i = 0; i < count; i++) {
        float[] colour = new float[3];
        for (int c = 0; c < 3; c++) {
          colour[c] = views[i * SIDE * SIDE * 3 + c] & 0xff;
        }
        rows.take(i, colour, 0);
      }
      return rows;
    }

    @Override
    public UnitRows embeddings(byte[] views, int count) {
      return features(views, count);
    }

    @Override
    public void close() {}
  }

  private record Pictures(List<byte[]> views, List<Integer> labels) implements LabelledViews {
    void add(int red, int green, int blue, int label) {
      byte[] view = new byte[SIDE * SIDE * 3];
      view[0] = (byte) red;
      view[1] = (byte) green;
      view[2] = (byte) blue;
      views.add(view);
      labels.add(label);
    }

    static Pictures none() {
      return new Pictures(new ArrayList<>(), new ArrayList<>());
    }

    @Override
    public int count() {
      return views.size();
    }

    @Override
    public void read(Sink sink) {
      for (int i = 0; i < views.size() && sink.take(views.get(i), labels.get(i)); i++) {
        // until no more are wanted
      }
    }
  }

  private static Evaluation evaluate(Pictures bank, Pictures queries, int batch) {
    return Objects.requireNonNull(
        new StudentEvaluator(FeatureEncoder.of(new ColourTeacher()), KnnClassifier.of(3), batch)
            .evaluate(bank, queries, (done, all) -> true));
  }

  @Test
  void theNearestByTheTeachersFeaturesVoteHoweverManyGoThroughItAtOnce() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Pictures bank = Pictures.none();
    Pictures queries = Pictures.none();
    for (int i = 0; i < 50; i++) {
      int label = i % 3;
      int[] colour = new int[3];
      colour[label] = 200;
      bank.add(
          colour[0] + random.nextInt(40),
          colour[1] + random.nextInt(40),
          colour[2] + random.nextInt(40),
          label);
      // every fifth is labelled as what it is not
      queries.add(
          colour[0] + random.nextInt(40),
          colour[1] + random.nextInt(40),
          colour[2] + random.nextInt(40),
          i % 5 == 0 ? (label + 1) % 3 : label);
    }
    Evaluation whole = evaluate(bank, queries, 64);
    assertThat(whole.knnTop1()).as("seed %d", seed).isEqualTo(0.8, within(1e-9));
    assertThat(whole.queries()).isEqualTo(50);
    assertThat(whole.bankSize()).isEqualTo(50);
    assertThat(evaluate(bank, queries, 7)).as("seed %d", seed).isEqualTo(whole);
  }

  @Test
  void endsWhenItIsToldToAndSaysWhatTheTeacherRefuses() {
    Pictures some = Pictures.none();
    some.add(1, 2, 3, 0);
    StudentEvaluator evaluator =
        new StudentEvaluator(FeatureEncoder.of(new ColourTeacher()), KnnClassifier.of(1), 1);
    assertThat(evaluator.evaluate(some, some, (done, all) -> done < 2)).isNull();
    some.add(0, 0, 0, 1);
    assertThatThrownBy(() -> evaluate(some, some, 1))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("the teacher's features has length 0");
  }
}
