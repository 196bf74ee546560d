package io.bagpipe.model.objective.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.Slopes;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegressionLossTest {
  static List<GoldenCase> cases() {
    return GoldenCase.all("regression", "case");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(GoldenCase golden) {
    RegressionLoss loss =
        new RegressionLoss(
            golden.number("weight_cosine"),
            golden.number("weight_smooth_l1"),
            golden.number("delta"));
    RegressionLoss.Parts said = loss.of(golden.floats("s"), golden.floats("t"), golden.width("s"));
    golden.agrees("loss_cosine", said.cosine());
    golden.agrees("loss_smooth_l1", said.smoothL1());
    golden.agrees(said.sum(), "loss", "grad_s");
  }

  @Test
  void gradientIsThatOfTheLoss() {
    float[] targets = BingoReference.randomRows(new Random(4), 4, 5, false);
    RegressionLoss loss = new RegressionLoss(0.9, 0.5, 0.8);
    Slopes.areThoseOf(raw -> loss.of(raw, targets, 5).sum(), 4, 5);
  }

  @Test
  void theTargetIsTheUnitEmbeddingTimesTheRootOfItsDimension() {
    float[] unit = BingoReference.randomRows(new Random(4), 3, 16, true);
    float[] outputs = new float[unit.length];
    for (int i = 0; i < unit.length; i++) {
      outputs[i] = 4 * unit[i];
    }
    AnchorBatch batch =
        new AnchorBatch(3)
            .with(Ingredient.QUERY_VIEW, new byte[3])
            .with(Ingredient.QUERY_EMBEDDING, unit);
    try (RegressionObjective objective = new RegressionObjective(new RegressionLoss(1, 1, 1), 16)) {
      StepLoss loss =
          objective.passes(
              (name, pixels, size, term) -> term.of(outputs).loss(), batch, new Moment(0, 0));
      assertThat(loss.loss()).isCloseTo(0, within(1e-6));
      assertThat(loss.terms().keySet()).containsExactly("cosine", "smooth_l1");
    }
  }

  @Test
  void refusesADeltaOfNothing() {
    assertThatThrownBy(() -> new RegressionLoss(1, 1, 0)).hasMessage("delta 0.0; valid: above 0");
  }
}
