package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ContinualMeasuresTest {
  private static final double NAN = Double.NaN;

  /** Golden: the definitions, written out in Python. */
  @Test
  void areThoseOfTheMatrix() {
    double[][] accuracy = {{0.80, 0.30, 0.20}, {0.72, 0.85, 0.25}, {0.74, 0.70, 0.90}};
    ContinualMeasures measures = ContinualMeasures.of(accuracy, new double[] {0.10, 0.12, 0.15});
    assertThat(measures.averageAccuracy()).isEqualTo(0.78, within(1e-12));
    assertThat(measures.forgetting()).isEqualTo(0.105, within(1e-12));
    assertThat(measures.backwardTransfer()).isEqualTo(-0.105, within(1e-12));
    assertThat(measures.forwardTransfer()).isEqualTo(0.14, within(1e-12));
  }

  @Test
  void whatImprovedLaterIsTransferAndNotForgotten() {
    double[][] accuracy = {{0.754, NAN, NAN}, {0.6, 0.746, NAN}, {0.759, 0.7, 0.76}};
    ContinualMeasures measures = ContinualMeasures.of(accuracy, null);
    assertThat(measures.averageAccuracy()).isEqualTo(2.219 / 3, within(1e-12));
    assertThat(measures.forgetting()).isEqualTo(0.023, within(1e-12));
    assertThat(measures.backwardTransfer()).isEqualTo(-0.0205, within(1e-12));
    assertThat(measures.forwardTransfer()).isNaN();
  }

  @Test
  void oneEraCannotHaveBeenForgotten() {
    ContinualMeasures measures = ContinualMeasures.of(new double[][] {{0.5}}, new double[] {0.1});
    assertThat(measures.averageAccuracy()).isEqualTo(0.5);
    assertThat(measures.forgetting()).isNaN();
    assertThat(measures.backwardTransfer()).isNaN();
    assertThat(measures.forwardTransfer()).isNaN();
  }

  @Test
  void whatIsNoMatrixOfAccuraciesIsRefused() {
    assertThatThrownBy(() -> ContinualMeasures.of(new double[][] {{0.5, 0.5}}, null))
        .hasMessageContaining("a row of 2 eras");
    assertThatThrownBy(() -> ContinualMeasures.of(new double[0][], null))
        .hasMessageContaining("0 eras");
    assertThatThrownBy(() -> ContinualMeasures.of(new double[][] {{NAN, 0}, {0.5, 0.5}}, null))
        .hasMessageContaining("era 0 after phase 0: NaN");
    assertThatThrownBy(() -> ContinualMeasures.of(new double[][] {{1.5}}, null))
        .hasMessageContaining("1.5");
  }
}
