package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProbeExamTest {
  private static final int SIDE = 2;
  private static final int DIMENSION = 3;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  /** The colour of the first pixel, or of the last: a student that looks elsewhere. */
  private record Colour(int pixel) implements FeatureEncoder {
    @Override
    public int inputSize() {
      return SIDE;
    }

    @Override
    public int dimension() {
      return DIMENSION;
    }

    @Override
    public float[] features(byte[] views, int count) {
      float[] made = new float[count * DIMENSION];
      for (int i = 0; i < count; i++) {
        for (int c = 0; c < DIMENSION; c++) {
          made[i * DIMENSION + c] = views[(i * SIDE * SIDE + pixel) * 3 + c] & 0xff;
        }
      }
      return made;
    }
  }

  private static final FeatureEncoder FIRST = new Colour(0);
  private static final FeatureEncoder LAST = new Colour(SIDE * SIDE - 1);

  /** Three colours in the first pixel, chance in the last; the teacher looks at the first. */
  private List<Probe> set(int size, boolean labelled, int wrong) {
    List<Probe> set = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      byte[] view = new byte[SIDE * SIDE * 3];
      random.nextBytes(view);
      int colour = i % 3;
      for (int c = 0; c < 3; c++) {
        view[c] = (byte) ((c == colour ? 200 : 0) + random.nextInt(40));
      }
      float[] teachers = FIRST.features(view, 1);
      double length =
          Math.sqrt(
              teachers[0] * teachers[0] + teachers[1] * teachers[1] + teachers[2] * teachers[2]);
      for (int c = 0; c < 3; c++) {
        teachers[c] = (float) (teachers[c] / length);
      }
      int said = i < wrong ? (colour + 1) % 3 : colour;
      set.add(new Probe(view, teachers, labelled ? "class-" + said : null));
    }
    return set;
  }

  private static ProbeExam exam(FeatureEncoder encoder, int batch) {
    return new ProbeExam(encoder, batch, 0.07);
  }

  @Test
  void featuresThatTellTheClassesApartAreAsGoodAsTheLabelsAre() {
    List<Probe> set = set(90, true, 9);
    ProbeScore score = exam(FIRST, 32).score(set);
    assertThat(score.knnTop1()).as("seed %d", seed).isEqualTo(0.9);
    assertThat(score.linearTop1()).as("seed %d", seed).isEqualTo(0.9);
    assertThat(score.agreement()).as("seed %d", seed).isGreaterThan(0.999);
    assertThat(exam(FIRST, 7).score(set)).as("seed %d", seed).isEqualTo(score);
  }

  @Test
  void featuresOfSomethingElseAreNot() {
    ProbeScore score = exam(LAST, 32).score(set(300, true, 0));
    assertThat(score.knnTop1()).as("seed %d", seed).isLessThan(0.6);
    assertThat(score.agreement()).as("seed %d, chance is 10 of 299", seed).isLessThan(0.15);
  }

  @Test
  void whatIsNotKnownIsNotAnswered() {
    ProbeScore unlabelled = exam(FIRST, 32).score(set(60, false, 0));
    assertThat(unlabelled.knnTop1()).isNaN();
    assertThat(unlabelled.linearTop1()).isNaN();
    assertThat(unlabelled.agreement()).isGreaterThan(0.999);
    List<Probe> alike =
        set(60, true, 0).stream()
            .map(probe -> new Probe(probe.view(), probe.features(), "class-0"))
            .toList();
    assertThat(exam(FIRST, 32).score(alike).knnTop1()).as("of one class").isNaN();
    assertThat(exam(FIRST, 32).score(alike).linearTop1()).as("of one class").isNaN();
    assertThat(exam(FIRST, 32).score(alike).agreement()).isGreaterThan(0.999);
    List<Probe> foreign = new ArrayList<>(set(60, true, 0));
    foreign.set(5, new Probe(foreign.get(5).view(), new float[0], "class-0"));
    assertThat(exam(FIRST, 32).score(foreign).agreement()).isNaN();
    assertThatThrownBy(() -> exam(FIRST, 32).score(set(ProbeExam.LEAST - 1, true, 0)))
        .hasMessageContaining("probe set of 19");
  }
}
