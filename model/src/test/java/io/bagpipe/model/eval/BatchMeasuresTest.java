package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchMeasuresTest {

  @Test
  void rowsAtRightAnglesHaveTheRankOfTheirNumberHoweverWideTheyAre() {
    float[] outputs = {5, 0, 0, 0, 0, 1, 0, 0};
    float[] features = {0, 0, 3, 0, 0, 0, 0, 0, 0, 3};
    Map<String, Double> measures = BatchMeasures.of(features, outputs, null, 2);
    assertThat(measures.get("feature_rank")).isCloseTo(2, within(1e-5));
    assertThat(measures.get("head_rank")).as("of unit rows").isCloseTo(2, within(1e-5));
    assertThat(measures).doesNotContainKeys("teacher_rank", "neighbour_agreement");
  }

  @Test
  void theRankIsRankMeOfTheSameRows() {
    float[] wide = BingoReference.randomRows(new Random(1), 5, 12, false);
    float[] tall = BingoReference.randomRows(new Random(2), 12, 5, false);
    assertThat(BatchMeasures.of(wide, wide, null, 5).get("feature_rank"))
        .isCloseTo(FeatureStatistics.rankMe(FeatureRows.of(wide, 12), 12), within(1e-6));
    assertThat(BatchMeasures.of(tall, tall, null, 12).get("feature_rank"))
        .isCloseTo(FeatureStatistics.rankMe(FeatureRows.of(tall, 5), 5), within(1e-9));
  }

  @Test
  void spreadIsOneOnTheWholeSphereAndNothingInAPoint() {
    float[] sphere = BingoReference.randomRows(new Random(3), 2_000, 8, false);
    float[] point = new float[20 * 8];
    for (int i = 0; i < point.length; i++) {
      point[i] = 1 + i % 8;
    }
    assertThat(BatchMeasures.of(sphere, sphere, null, 2_000).get("head_spread"))
        .isCloseTo(1, within(0.02));
    Map<String, Double> collapsed = BatchMeasures.of(point, point, null, 20);
    assertThat(collapsed.get("head_spread")).isCloseTo(0, within(1e-5));
    assertThat(collapsed.get("head_rank")).isCloseTo(1, within(1e-4));
  }

  @Test
  void whoAgreesWithTheTeacherDoesSoOfEveryImage() {
    float[] teacher = BingoReference.randomRows(new Random(4), 30, 6, true);
    float[] scaled = new float[teacher.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = 3 * teacher[i];
    }
    Map<String, Double> same = BatchMeasures.of(scaled, scaled, teacher, 30);
    assertThat(same.get("neighbour_agreement")).isEqualTo(1);
    assertThat(same.get("teacher_rank")).isCloseTo(same.get("head_rank"), within(1e-5));
    float[] other = BingoReference.randomRows(new Random(5), 30, 6, true);
    assertThat(BatchMeasures.of(other, other, teacher, 30).get("neighbour_agreement"))
        .isLessThan(0.4);
  }
}
