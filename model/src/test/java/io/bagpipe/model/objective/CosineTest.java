package io.bagpipe.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CosineTest {
  private static final float[] TARGETS = BingoReference.randomRows(new Random(2), 5, 4, false);

  private static TermResult term(Cosine cosine) {
    float[] gradient = new float[cosine.gradient().length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) cosine.gradient()[i];
    }
    return new TermResult(cosine.value(), gradient);
  }

  @Test
  void gradientsAreThoseOfTheCosines() {
    Slopes.areThoseOf(raw -> term(Cosine.ofRows(raw, TARGETS, 4)), 5, 4);
    Slopes.areThoseOf(raw -> term(Cosine.ofColumns(raw, TARGETS, 4)), 5, 4);
  }

  @Test
  void columnsAreTheRowsOfTheTransposedMatrices() {
    float[] student = BingoReference.randomRows(new Random(3), 5, 4, false);
    Cosine columns = Cosine.ofColumns(student, TARGETS, 4);
    Cosine rows = Cosine.ofRows(transposed(student, 4), transposed(TARGETS, 4), 5);
    assertThat(columns.value()).isCloseTo(rows.value(), within(1e-12));
    float[] back = transposed(term(rows).gradient(), 5);
    assertThat(term(columns).gradient()).containsExactly(back, within(1e-7f));
  }

  private static float[] transposed(float[] matrix, int columns) {
    int rows = matrix.length / columns;
    float[] transposed = new float[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      transposed[i % columns * rows + i / columns] = matrix[i];
    }
    return transposed;
  }

  @Test
  void aDeadColumnCountsNothingAndPullsNothingOnEitherSide() {
    float[] student = {1, 0, 2, 0};
    float[] teacher = {3, 1, 6, 1};
    Cosine deadStudent = Cosine.ofColumns(student, teacher, 2);
    assertThat(deadStudent.value()).isCloseTo(0.5, within(1e-12));
    assertThat(deadStudent.gradient()[1]).isZero();
    Cosine deadTeacher = Cosine.ofColumns(teacher, student, 2);
    assertThat(deadTeacher.value()).isCloseTo(0.5, within(1e-12));
    assertThat(deadTeacher.gradient()[3]).isZero();
  }

  @Test
  void refusesMatricesThatDoNotMatch() {
    assertThatThrownBy(() -> Cosine.ofRows(new float[4], new float[6], 2))
        .hasMessage("matrices of 4 and 6 values; valid: as many whole rows in each");
    assertThatThrownBy(() -> Cosine.ofColumns(new float[5], new float[5], 2))
        .hasMessageContaining("matrices of 5 and 5 values");
  }
}
