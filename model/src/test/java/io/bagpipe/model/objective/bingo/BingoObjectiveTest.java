package io.bagpipe.model.objective.bingo;

import static io.bagpipe.model.objective.Ingredient.KEY_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.MEMBER_VIEW;
import static io.bagpipe.model.objective.Ingredient.QUERY_VIEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.Outlook;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.TermResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BingoObjectiveTest {
  private static final int SIDE = 4;
  private static final int DIMENSION = 8;
  private static final int BATCH = 3;

  /**
   * While warming up a view is compared with its own key alone: which key that is differs between
   * query and member, so that swapping the weights of a pass cannot stay unnoticed.
   */
  @Test
  void eachViewIsComparedWithItsOwnKeyWhileWarmingUp() {
    Map<String, Double> said = termsAt(0, 100);
    float[] outputs = outputs();
    assertThat(said.get("query")).isCloseTo(plain(outputs, keys()), within(1e-5));
    assertThat(said.get("member")).isCloseTo(plain(outputs, memberKeys()), within(1e-5));
    assertThat(said.get("query")).isNotCloseTo(said.get("member"), within(1e-3));
  }

  @Test
  void eachViewIsComparedWithBothKeysAfterwards() {
    Map<String, Double> said = termsAt(100, 100);
    float[] outputs = outputs();
    double both = (plain(outputs, keys()) + plain(outputs, memberKeys())) / 2;
    assertThat(said.get("query")).isCloseTo(both, within(1e-5));
    assertThat(said.get("member")).isCloseTo(both, within(1e-5));
    double lambda = CutMix.draw(11, 7, SIDE).lambda();
    assertThat(said.get("mix"))
        .isCloseTo(
            lambda * plain(outputs, keys()) + (1 - lambda) * plain(outputs, memberKeys()),
            within(1e-5));
  }

  @Test
  void theThreePassesSeeTheQueryTheMemberAndTheirMixture() {
    AnchorBatch batch = batch();
    Map<String, byte[]> seen = new LinkedHashMap<>();
    try (BingoObjective objective = objective(0)) {
      objective.passes(
          (name, pixels, size, term) -> {
            seen.put(name, pixels.clone());
            return term.of(outputs()).loss();
          },
          batch,
          new Moment(7, 0));
    }
    byte[] mixed = batch.view(QUERY_VIEW).clone();
    CutMix.draw(11, 7, SIDE).paste(mixed, batch.view(MEMBER_VIEW), BATCH, SIDE);
    assertThat(seen.keySet()).containsExactly("query", "member", "mixed");
    assertThat(seen.get("query")).isEqualTo(batch.view(QUERY_VIEW));
    assertThat(seen.get("member")).isEqualTo(batch.view(MEMBER_VIEW));
    assertThat(seen.get("mixed")).isEqualTo(mixed);
  }

  @Test
  void warmingUpComparesAViewWithItsOwnKeyAlone() {
    assertThat(TermWeights.at(0, 100)).isEqualTo(new TermWeights(1, 0));
    assertThat(TermWeights.at(99, 100)).isEqualTo(new TermWeights(1, 0));
    assertThat(TermWeights.at(100, 100)).isEqualTo(new TermWeights(0.5, 0.5));
  }

  @Test
  void knowsWhatItsTermsCannotFallBelowWhileMembersKeysAreAmongTheNegatives() {
    AnchorBatch batch = batch();
    try (BingoObjective objective = objective(100)) {
      assertThat(objective.outlook(batch, new Moment(7, 100)).floors().get("query")).isZero();
      AnchorBatch members =
          new AnchorBatch(BATCH).with(KEY_EMBEDDING, batch.vectors(MEMBER_EMBEDDING));
      objective.updated(members);

      Outlook outlook = objective.outlook(batch, new Moment(7, 100));
      double lambda = CutMix.draw(11, 7, SIDE).lambda();
      assertThat(outlook.measures()).containsEntry("member_among_negatives", 1.0);
      assertThat(outlook.floors().get("query")).isCloseTo(Math.log(2) / 2, within(1e-9));
      assertThat(outlook.floors().get("mix")).isCloseTo((1 - lambda) * Math.log(2), within(1e-9));
      Outlook warming = objective.outlook(batch, new Moment(7, 0));
      assertThat(warming.floors().get("query")).isZero();
      assertThat(warming.floors().get("member")).isCloseTo(Math.log(2), within(1e-9));
    }
  }

  /** With the member's pass every other step, and with the mixed view in the query's place. */
  @Test
  void passesThatAreLeftOutLeaveTheOthersAsTheyAreAndTheLossTheirMean() {
    Map<String, Double> paper = stepOf(Map.of(), 6).terms();
    StepLoss even = stepOf(Map.of("member-every", 2.0), 6);
    assertThat(even.terms()).isEqualTo(paper);
    StepLoss odd = stepOf(Map.of("member-every", 2.0), 7);
    assertThat(odd.terms().keySet()).containsExactly("query", "mix");
    assertThat(odd.terms().get("query")).isEqualTo(paper.get("query"));
    assertThat(odd.loss())
        .isCloseTo((odd.terms().get("query") + odd.terms().get("mix")) / 2, within(1e-12));
    assertThat(gradients.get("query")).isNotEmpty();
    float[] half = gradients.get("query");
    stepOf(Map.of(), 6);
    assertThat(half[0] * 2).isCloseTo(gradients.get("query")[0] * 3, within(1e-6f));
    assertThat(stepOf(Map.of("query-every", 0.0), 6).terms().keySet())
        .containsExactly("member", "mix");
  }

  @Test
  void maskedMembersAreNoNegativesAndHaveNoFloor() {
    AnchorBatch members = new AnchorBatch(BATCH).with(KEY_EMBEDDING, memberKeys());
    double[] losses = new double[2];
    for (int mask = 0; mask < 2; mask++) {
      Map<String, Double> options = Map.of("mask-members", (double) mask);
      try (BingoObjective objective = objective(0, options)) {
        objective.updated(members);
        double floor = objective.outlook(batch(), new Moment(7, 0)).floors().get("member");
        assertThat(floor).isCloseTo(mask == 1 ? 0 : Math.log(2) / 2, within(1e-9));
        losses[mask] =
            objective
                .passes(
                    (name, pixels, size, term) -> term.of(memberKeys()).loss(),
                    batch(),
                    new Moment(7, 0))
                .loss();
      }
    }
    assertThat(losses[1]).isLessThan(losses[0] - 0.1);
  }

  @Test
  void optionsAreWholeNumbers() {
    ObjectiveConfig half = new ObjectiveConfig(16, 0.2f, 0, 1, Map.of("member-every", 1.5));
    assertThatThrownBy(() -> BingoOptions.of(half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("member-every 1.5; valid: a whole number, 0 to 1000");
    ObjectiveConfig none = new ObjectiveConfig(16, 0.2f, 0, 1, Map.of());
    assertThat(BingoOptions.of(none)).as("the paper's").isEqualTo(BingoOptions.PAPER);
  }

  private final Map<String, float[]> gradients = new LinkedHashMap<>();

  private StepLoss stepOf(Map<String, Double> options, long step) {
    try (BingoObjective objective = objective(0, options)) {
      return objective.passes(
          (name, pixels, size, term) -> {
            TermResult said = term.of(outputs());
            gradients.put(name, said.gradient());
            return said.loss();
          },
          batch(),
          new Moment(step, 0));
    }
  }

  private static Map<String, Double> termsAt(long anchors, long warmup) {
    try (BingoObjective objective = objective(warmup)) {
      StepLoss loss =
          objective.passes(
              (name, pixels, size, term) -> term.of(outputs()).loss(),
              batch(),
              new Moment(7, anchors));
      return loss.terms();
    }
  }

  private static BingoObjective objective(long warmup) {
    return objective(warmup, Map.of());
  }

  private static BingoObjective objective(long warmup, Map<String, Double> options) {
    NegativeQueue queue = new OneDnnNegativeQueue(16, DIMENSION, 11);
    return new BingoObjective(queue, new ObjectiveConfig(16, 0.2f, warmup, 11, options), SIDE);
  }

  private static double plain(float[] outputs, float[] keys) {
    try (NegativeQueue queue = new OneDnnNegativeQueue(16, DIMENSION, 11)) {
      return BingoReference.plainLoss(outputs, keys, queue.snapshot(), DIMENSION, 0.2f);
    }
  }

  private static AnchorBatch batch() {
    byte[] query = new byte[BATCH * SIDE * SIDE * 3];
    byte[] member = new byte[query.length];
    new Random(1).nextBytes(query);
    new Random(2).nextBytes(member);
    return new AnchorBatch(BATCH)
        .with(QUERY_VIEW, query)
        .with(MEMBER_VIEW, member)
        .with(KEY_EMBEDDING, keys())
        .with(MEMBER_EMBEDDING, memberKeys());
  }

  private static float[] outputs() {
    return BingoReference.randomRows(new Random(3), BATCH, DIMENSION, false);
  }

  private static float[] keys() {
    return BingoReference.randomRows(new Random(4), BATCH, DIMENSION, true);
  }

  private static float[] memberKeys() {
    return BingoReference.randomRows(new Random(5), BATCH, DIMENSION, true);
  }
}
