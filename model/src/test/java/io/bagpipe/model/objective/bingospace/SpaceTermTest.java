package io.bagpipe.model.objective.bingospace;

import static io.bagpipe.model.objective.Ingredient.KEY_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_VIEW;
import static io.bagpipe.model.objective.Ingredient.QUERY_VIEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Slopes;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.bingo.BingoLoss;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpaceTermTest {
  static List<GoldenCase> cases() {
    return GoldenCase.all("bingo-space", "case");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void besideBingosTermsItAgreesWithTheReference(GoldenCase golden) {
    float[] keys = golden.floats("k");
    float[] memberKeys = golden.floats("kp");
    double own = golden.number("lambda_own");
    double other = golden.number("lambda_other");
    double lambda = golden.number("cutmix_lambda");
    SpaceTerm space = space(golden);
    try (NegativeQueue queue = golden.queue("queue")) {
      BingoLoss loss = new BingoLoss(queue, (float) golden.number("temperature"));
      float[] q = golden.floats("q");
      TermResult query = loss.term(q, keys, memberKeys, own, other);
      TermResult member = loss.term(golden.floats("p"), keys, memberKeys, other, own);
      TermResult mix = loss.term(golden.floats("m"), keys, memberKeys, lambda, 1 - lambda);
      TermResult added = space.of(q, golden.floats("t_space"), golden.width("q"));
      golden.agrees("loss_query", query.loss());
      golden.agrees("loss_member", member.loss());
      golden.agrees("loss_mix", mix.loss());
      golden.agrees("loss_space", added.loss());
      double bingo = (query.loss() + member.loss() + mix.loss()) / 3;
      golden.agrees("loss", bingo + space.weight() * added.loss());
      float[] gradient = query.gradient();
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += added.gradient()[i];
      }
      golden.agrees("grad_q", gradient, golden.doubles("grad_q"));
      golden.agrees("grad_p", member.gradient(), golden.doubles("grad_p"));
      golden.agrees("grad_m", mix.gradient(), golden.doubles("grad_m"));
    }
  }

  private static SpaceTerm space(GoldenCase golden) {
    String rows = golden.meta().get("space_rows").asText();
    assertThat(rows).isIn("raw", "unit");
    return new SpaceTerm(golden.number("lambda_space"), rows.equals("unit"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientIsThatOfTheWeightedTerm(boolean unitRows) {
    float[] targets = BingoReference.randomRows(new Random(4), 6, 5, true);
    SpaceTerm space = new SpaceTerm(2.5, unitRows);
    Slopes.areThoseOf(
        raw -> {
          TermResult said = space.of(raw, targets, 5);
          return new TermResult(2.5 * said.loss(), said.gradient());
        },
        6,
        5);
  }

  @Test
  void theQuerysPassAloneDescendsTheSpaceTermToo() {
    float[] outputs = BingoReference.randomRows(new Random(3), 3, 8, false);
    float[] keys = BingoReference.randomRows(new Random(4), 3, 8, true);
    float[] memberKeys = BingoReference.randomRows(new Random(5), 3, 8, true);
    AnchorBatch batch =
        new AnchorBatch(3)
            .with(QUERY_VIEW, new byte[3 * 4 * 4 * 3])
            .with(MEMBER_VIEW, new byte[3 * 4 * 4 * 3])
            .with(KEY_EMBEDDING, keys)
            .with(MEMBER_EMBEDDING, memberKeys);
    ObjectiveConfig config = new ObjectiveConfig(16, 0.2f, 0, 11, Map.of());
    SpaceTerm space = new SpaceTerm(1.7, false);
    Map<String, TermResult> said = new HashMap<>();
    NegativeQueue queue = new OneDnnNegativeQueue(16, 8, 11);
    try (BingoSpaceObjective objective = new BingoSpaceObjective(queue, config, 4, space)) {
      BingoLoss plain = new BingoLoss(queue, 0.2f);
      StepLoss loss =
          objective.passes(
              (name, pixels, size, term) -> {
                said.put(name, term.of(outputs));
                return said.get(name).loss();
              },
              batch,
              new Moment(7, 100));
      TermResult bingo = plain.term(outputs, keys, memberKeys, 0.5, 0.5);
      TermResult added = space.of(outputs, keys, 8);
      assertThat(said.get("member").gradient()).isEqualTo(bingo.gradient());
      float[] query = said.get("query").gradient();
      for (int i = 0; i < query.length; i++) {
        assertThat(query[i]).isEqualTo(bingo.gradient()[i] + added.gradient()[i]);
      }
      assertThat(loss.terms().keySet()).containsExactly("query", "member", "mix", "space");
      assertThat(loss.terms().get("query")).isEqualTo(bingo.loss());
      assertThat(loss.terms().get("space")).isEqualTo(added.loss());
      double three =
          loss.terms().get("query") + loss.terms().get("member") + loss.terms().get("mix");
      assertThat(loss.loss()).isCloseTo(three / 3 + 1.7 * added.loss(), within(1e-12));
    }
  }
}
