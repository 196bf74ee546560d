package io.bagpipe.verticles.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.registry.PromotionRule.Mode;
import io.bagpipe.verticles.registry.PromotionRule.Verdict;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromotionRuleTest {
  private static final PromotionRule RULE = new PromotionRule(Mode.BETTER, 0.01, 0.002, 2);

  private static StudentRecord serving(Scores scores) {
    return Records.kept(Records.candidate(100, scores))
        .in(Stage.SERVING, new Decision("", Decision.RULE, 0, null, false));
  }

  private static Scores of(Map<String, Double> accuracies) {
    return new Scores(accuracies, 20.0, 0.1, null, Records.EXAM, 2000);
  }

  private static Verdict judge(Scores mine, @Nullable StudentRecord serving) {
    return RULE.judge(Records.candidate(200, mine), serving, true);
  }

  @ParameterizedTest
  @CsvSource({
    // kNN and era of the serving one, of the candidate, promoted
    "0.80, 0.70, 0.802, 0.70, true",
    "0.80, 0.70, 0.801, 0.70, false",
    "0.80, 0.70, 0.80, 0.70, false",
    "0.80, 0.70, 0.79, 0.75, true",
    "0.80, 0.70, 0.7899, 0.90, false",
    "0.80, 0.70, 0.70, 0.702, false",
    "0.80, 0.70, 0.79, 0.702, true",
    "0.80, 0.70, 0.90, 0.69, true",
    "0.80, 0.70, 0.90, 0.68, false",
  })
  void isNotWorseByMoreThanTheToleranceOnAnyAndBetterByTheGainOnOne(
      double knn, double era, double mine, double my, boolean promoted) {
    Verdict verdict =
        judge(
            of(Map.of("knn_top1", mine, "era_1", my)),
            serving(of(Map.of("knn_top1", knn, "era_1", era))));
    assertThat(verdict.promoted()).as(verdict.reason()).isEqualTo(promoted);
    assertThat(verdict.reason()).endsWith(".").doesNotContain("\n");
  }

  @Test
  void saysWhatIsWorstAndByHowMuch() {
    Verdict verdict =
        judge(
            of(new TreeMap<>(Map.of("knn_top1", 0.75, "era_1", 0.4))),
            serving(of(new TreeMap<>(Map.of("knn_top1", 0.8, "era_1", 0.7)))));
    assertThat(verdict.reason())
        .isEqualTo(
            "It is worse by more than promote.tolerance, 0.01: era_1 0.4 against 0.7 of "
                + serving(Scores.none(null)).id()
                + ".");
  }

  @Test
  void anEraThatTheServingOneWasNotAskedAboutIsAReasonWhereNothingIsWorse() {
    StudentRecord serving =
        serving(of(Map.of("era_0_ab_agreement", 0.9, "era_2_cd_agreement", 0.8)));
    Verdict verdict =
        judge(
            of(
                Map.of(
                    "era_0_ab_agreement", 0.895,
                    "era_2_cd_agreement", 0.8,
                    "era_10_ef_agreement", 0.7)),
            serving);
    assertThat(verdict.promoted()).as(verdict.reason()).isTrue();
    assertThat(verdict.reason())
        .startsWith("It is better: era_10_ef_agreement 0.7, of an era that ")
        .contains("was not asked about; within the tolerance era_0_ab_agreement 0.895 against 0.9");
    Map<String, Double> worse =
        Map.of("era_0_ab_agreement", 0.88, "era_2_cd_agreement", 0.8, "era_10_ef_agreement", 0.99);
    assertThat(judge(of(worse), serving).reason()).startsWith("It is worse by more than");
    Map<String, Double> earlier =
        Map.of("era_0_ab_agreement", 0.9, "era_2_cd_agreement", 0.8, "era_1_ef_agreement", 0.99);
    assertThat(judge(of(earlier), serving).promoted()).as("it was there before").isFalse();
  }

  @Test
  void theErasOfAnotherStreamAreNotCompared() {
    assertThat(
            judge(
                    of(Map.of("era_0_ab_agreement", 0.9, "era_1_ab_agreement", 0.9)),
                    serving(of(Map.of("era_0_cd_agreement", 0.5))))
                .reason())
        .startsWith("It lacks the evaluation era_0_cd_agreement");
  }

  @Test
  void anEvaluationThatOnlyTheNewOneHasIsNotCompared() {
    assertThat(
            judge(of(Map.of("knn_top1", 0.8, "era_2", 0.1)), serving(of(Map.of("knn_top1", 0.7))))
                .promoted())
        .isTrue();
    assertThat(
            judge(of(Map.of("knn_top1", 0.9)), serving(of(Map.of("knn_top1", 0.7, "era_1", 0.1))))
                .reason())
        .startsWith("It lacks the evaluation era_1");
    assertThat(
            judge(
                    of(Map.of("knn_top1", 0.9, "era_2", 0.5)),
                    serving(of(Map.of("knn_top1", 0.7, "era_1", 0.1))))
                .promoted())
        .as("of eras the newest are remembered")
        .isTrue();
  }

  @Test
  void theFirstServesWhateverItIsWorth() {
    assertThat(judge(Scores.none(null), null))
        .isEqualTo(new Verdict(true, "It is the first student."));
    assertThat(judge(Records.scores(0.1, 1), null).promoted()).isTrue();
    PromotionRule manual = new PromotionRule(Mode.MANUAL, 0, 0, 0);
    assertThat(manual.judge(Records.candidate(1), null, true).promoted()).isTrue();
  }

  @Test
  void featuresWithoutRankAreNotPromotedHoweverTheyScore() {
    assertThat(judge(Records.scores(0.9, 1.5), serving(Records.scores(0.5, 20))).reason())
        .isEqualTo("The rank of its features, 1.5, is below promote.rank-floor, 2.");
  }

  @Test
  void whatCannotBeComparedIsKept() {
    Scores elsewhere = new Scores(Map.of("knn_top1", 0.9), 20.0, 0.1, null, "dogs", 10);
    assertThat(judge(elsewhere, serving(Records.scores(0.5, 20))).reason())
        .contains("different images");
    assertThat(judge(Scores.none(1.0), serving(Records.scores(0.5, 20))).reason())
        .isEqualTo("It has not been evaluated.");
    assertThat(judge(Records.scores(0.5, 20), serving(Scores.none(1.0))).promoted()).isTrue();
  }

  @Test
  void withNothingToJudgeByTheNewestServesAndThatIsSaid() {
    StudentRecord serving = serving(Scores.none(1.0));
    assertThat(RULE.judge(Records.candidate(200), serving, false).reason())
        .contains("nothing is there to judge it by: eval.dir is not set");
    assertThat(RULE.judge(Records.candidate(200), serving, false).promoted()).isTrue();
    Scores ofEras = new Scores(Map.of("era_0", 0.5), null, null, null, "eras", 40);
    assertThat(RULE.judge(Records.candidate(200, ofEras), serving, false).promoted())
        .as("its rank is not measured")
        .isTrue();
    assertThat(RULE.judge(Records.candidate(200), serving(ofEras), false).promoted()).isFalse();
    assertThat(RULE.judge(Records.candidate(200), serving, true).promoted()).isFalse();
  }

  @Test
  void alwaysTakesTheNewestAndManualNone() {
    StudentRecord serving = serving(Records.scores(0.9, 20));
    StudentRecord worse = Records.candidate(200, Records.scores(0.1, 1));
    StudentRecord better = Records.candidate(200, 0.99);
    PromotionRule always = new PromotionRule(Mode.ALWAYS, 0, 0, 2);
    assertThat(always.judge(worse, serving, true).promoted()).isTrue();
    assertThat(new PromotionRule(Mode.MANUAL, 0, 0, 0).judge(better, serving, true).promoted())
        .isFalse();
  }

  @Test
  void oneThatAPersonHoldsStaysAndOneWithoutFilesGoes() {
    StudentRecord held =
        serving(Records.scores(0.5, 20))
            .in(Stage.SERVING, new Decision("", Decision.PERSON, 0, null, true));
    PromotionRule always = new PromotionRule(Mode.ALWAYS, 0, 0, 2);
    assertThat(always.judge(Records.candidate(200, 0.99), held, true).promoted()).isFalse();
    StudentRecord lost = serving(Records.scores(0.9, 20)).letGo();
    assertThat(RULE.judge(Records.candidate(200), lost, true).promoted()).isTrue();
  }
}
