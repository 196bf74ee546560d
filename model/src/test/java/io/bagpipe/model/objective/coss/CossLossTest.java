package io.bagpipe.model.objective.coss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.Slopes;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CossLossTest {
  static List<GoldenCase> cases() {
    return GoldenCase.all("coss", "case");
  }

  /** With neighbours, without, of one row, and with a dead column. */
  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(GoldenCase golden) {
    CossLoss loss =
        new CossLoss(
            golden.number("weight_feature"),
            golden.number("weight_space"),
            1 / (golden.number("temperature_student") * golden.number("temperature_teacher")));
    float[] own = golden.floats("s");
    CossLoss.Parts said =
        loss.of(withNeighbours(golden, "s"), withNeighbours(golden, "t"), golden.width("s"));
    golden.agrees("loss_feature", said.feature());
    golden.agrees("loss_space", said.space());
    golden.agrees("loss", said.sum().loss());
    float[] gradient = said.sum().gradient();
    golden.agrees("grad_s", Arrays.copyOf(gradient, own.length), golden.doubles("grad_s"));
    if (golden.has("grad_s_neighbours")) {
      golden.agrees(
          "grad_s_neighbours",
          Arrays.copyOfRange(gradient, own.length, gradient.length),
          golden.doubles("grad_s_neighbours"));
    }
  }

  private static float[] withNeighbours(GoldenCase golden, String name) {
    float[] own = golden.floats(name);
    if (!golden.has(name + "_neighbours")) {
      return own;
    }
    float[] neighbours = golden.floats(name + "_neighbours");
    float[] all = Arrays.copyOf(own, own.length + neighbours.length);
    System.arraycopy(neighbours, 0, all, own.length, neighbours.length);
    return all;
  }

  @Test
  void gradientIsThatOfTheLoss() {
    float[] targets = BingoReference.randomRows(new Random(4), 6, 5, false);
    CossLoss loss = new CossLoss(0.7, 0.4, 3);
    Slopes.areThoseOf(raw -> loss.of(raw, targets, 5).sum(), 6, 5);
    assertThat(loss.of(targets, targets, 5).sum().loss())
        .as("the least there is")
        .isCloseTo(-3 * 1.1, within(1e-9));
  }
}
