package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
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

  private static ProbeScore score(FeatureEncoder encoder, int batch, List<Probe> set) {
    int[][] wanted = ProbeExam.teachersNearest(set, EvaluationWatch.NONE);
    return Objects.requireNonNull(
        new ProbeExam(encoder, batch, 0.07)
            .score(set, Objects.requireNonNull(wanted), EvaluationWatch.NONE));
  }

  @Test
  void theNearestAreThoseOfASortOfAllOthers() {
    float[][] rows = new float[60][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[] {random.nextInt(4), random.nextInt(4), random.nextInt(4)};
    }
    int[][] found = Objects.requireNonNull(NearestOthers.of(rows, 10, done -> true));
    for (int i = 0; i < rows.length; i++) {
      float[] one = rows[i];
      int of = i;
      assertThat(found[i])
          .as("row %d, many are equal; seed %d", i, seed)
          .containsExactly(
              IntStream.range(0, rows.length)
                  .filter(j -> j != of)
                  .boxed()
                  .sorted(
                      Comparator.comparingDouble((Integer j) -> -NearestOthers.dot(one, rows[j]))
                          .thenComparing(Comparator.naturalOrder()))
                  .limit(10)
                  .mapToInt(Integer::intValue)
                  .toArray());
    }
  }

  @Test
  void whoWatchesSeesItGoOnAndMayEndIt() {
    List<Probe> set = set(50, true, 0);
    int[][] wanted = Objects.requireNonNull(ProbeExam.teachersNearest(set, EvaluationWatch.NONE));
    ProbeExam exam = new ProbeExam(FIRST, 8, 0.07);
    List<Long> told = new ArrayList<>();
    exam.score(
        set,
        wanted,
        (done, all) -> {
          assertThat(all).isEqualTo(50);
          told.add(done);
          return true;
        });
    assertThat(told).isSorted().contains(4L, 25L).endsWith(50L).hasSizeGreaterThan(50);
    for (int end : new int[] {2, 20, told.size()}) {
      int[] asked = new int[1];
      assertThat(exam.score(set, wanted, (done, all) -> ++asked[0] < end)).isNull();
      assertThat(asked[0]).isEqualTo(end);
    }
    assertThat(ProbeExam.teachersNearest(set, (done, all) -> done < 3)).isNull();
  }

  @Test
  void featuresThatTellTheClassesApartAreAsGoodAsTheLabelsAre() {
    List<Probe> set = set(90, true, 9);
    ProbeScore score = score(FIRST, 32, set);
    assertThat(score.knnTop1()).as("seed %d", seed).isEqualTo(0.9);
    assertThat(score.linearTop1()).as("seed %d", seed).isEqualTo(0.9);
    assertThat(score.agreement()).as("seed %d", seed).isGreaterThan(0.999);
    assertThat(score(FIRST, 7, set)).as("seed %d", seed).isEqualTo(score);
  }

  @Test
  void featuresOfSomethingElseAreNot() {
    ProbeScore score = score(LAST, 32, set(300, true, 0));
    assertThat(score.knnTop1()).as("seed %d", seed).isLessThan(0.6);
    assertThat(score.agreement()).as("seed %d, chance is 10 of 299", seed).isLessThan(0.15);
  }

  @Test
  void whatIsNotKnownIsNotAnswered() {
    ProbeScore unlabelled = score(FIRST, 32, set(60, false, 0));
    assertThat(unlabelled.knnTop1()).isNaN();
    assertThat(unlabelled.linearTop1()).isNaN();
    assertThat(unlabelled.agreement()).isGreaterThan(0.999);
    List<Probe> alike =
        set(60, true, 0).stream()
            .map(probe -> new Probe(probe.view(), probe.features(), "class-0"))
            .toList();
    assertThat(score(FIRST, 32, alike).knnTop1()).as("of one class").isNaN();
    assertThat(score(FIRST, 32, alike).linearTop1()).as("of one class").isNaN();
    assertThat(score(FIRST, 32, alike).agreement()).isGreaterThan(0.999);
    List<Probe> foreign = new ArrayList<>(set(60, true, 0));
    foreign.set(5, new Probe(foreign.get(5).view(), new float[0], "class-0"));
    assertThat(score(FIRST, 32, foreign).agreement()).isNaN();
    assertThatThrownBy(() -> score(FIRST, 32, set(ProbeExam.LEAST - 1, true, 0)))
        .hasMessageContaining("probe set of 19");
  }
}
