package io.bagpipe.model.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitRowsTest {
  @Test
  void refusesRowsWithoutADirectionAndLeavesThemZero() {
    float[] said = {
      3,
      4, // a direction
      0,
      0, //
      Float.NaN,
      1, //
      1,
      Float.NEGATIVE_INFINITY, //
      1e-30f,
      0, // as good as none
      -5e-5f,
      0, //
      Float.MAX_VALUE,
      Float.MAX_VALUE
    };
    UnitRows rows = new UnitRows("embedding", 7, 2);

    for (int row = 0; row < 7; row++) {
      rows.take(row, said, 2 * row);
    }

    float half = (float) Math.sqrt(0.5);
    assertThat(rows.rows()).containsExactly(0.6f, 0.8f, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, half, half);
    assertThat(rows.refused().keySet()).containsExactly(1, 2, 3, 4);
    assertThat(rows.refused().get(1))
        .isEqualTo("the teacher's embedding has length 0.0; needed: a vector that has a direction");
    assertThat(rows.refused().get(2)).contains("length NaN");
    assertThat(rows.refused().get(3)).contains("length Infinity");
  }
}
