package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.eval.StudentAlarms.Kind;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentAlarmsTest {
  private static final Map<String, Double> HEALTHY =
      Map.of(
          "feature_rank", 20.0,
          "head_rank", 25.0,
          "head_spread", 0.8,
          "teacher_rank", 40.0,
          "teacher_spread", 0.9,
          "neighbour_agreement", 0.3,
          "floor_query", 0.3);
  private static final Map<String, Double> TERMS = Map.of("query", 2.5);

  private final StudentAlarms alarms = new StudentAlarms();

  private Map<Kind, String> take(String measure, double value) {
    Map<String, Double> measures = new HashMap<>(HEALTHY);
    measures.put(measure, value);
    return alarms.take(measures, TERMS, 64);
  }

  @Test
  void aHealthyStudentRaisesNone() {
    for (int i = 0; i < 10; i++) {
      assertThat(alarms.take(HEALTHY, TERMS, 64)).isEmpty();
    }
  }

  /** Each of the values raises its own alarm and no other; the one beside it does not. */
  @ParameterizedTest
  @CsvSource({
    "head_spread, 0.05, 0.11, COLLAPSE, lower train.lr",
    "head_rank, 9.9, 10.1, HEAD_RANK, effective rank of 9.9 where the teacher's of the same",
    "feature_rank, 9.9, 10.1, FEATURE_RANK, fallen to 9.9 from 20.0",
    "neighbour_agreement, 0.04, 0.05, AGREEMENT, by chance it were 1.6 %",
    "floor_query, 2.45, 2.3, FLOOR, query 2.500 of at least 2.450",
  })
  void anAlarmStandsOnceItsRuleHeldThreeTimesInARowAndUntilItDoesNot(
      String measure, double bad, double good, Kind kind, String words) {
    alarms.take(HEALTHY, TERMS, 64);
    assertThat(take(measure, bad)).isEmpty();
    assertThat(take(measure, bad)).isEmpty();
    assertThat(take(measure, good)).isEmpty();
    assertThat(take(measure, bad)).isEmpty();
    assertThat(take(measure, bad)).isEmpty();
    Map<Kind, String> standing = take(measure, bad);
    assertThat(standing.keySet()).containsExactly(kind);
    assertThat(standing.get(kind)).contains(words);
    assertThat(take(measure, bad)).containsKey(kind);
    assertThat(take(measure, good)).isEmpty();
  }

  @Test
  void imagesThatAreAlikeForTheTeacherTooAreNoCollapse() {
    Map<String, Double> uniform = new HashMap<>(HEALTHY);
    uniform.put("head_spread", 0.05);
    uniform.put("teacher_spread", 0.1);
    for (int i = 0; i < 4; i++) {
      assertThat(alarms.take(uniform, TERMS, 64)).isEmpty();
    }
  }

  @Test
  void whatWasNotMeasuredRaisesNothing() {
    Map<String, Double> nothing = Map.of("head_spread", Double.NaN, "feature_rank", 3.0);
    for (int i = 0; i < 4; i++) {
      assertThat(alarms.take(nothing, Map.of(), 64)).isEmpty();
    }
    Map<String, Double> alone = Map.of("head_spread", 0.01);
    alarms.take(alone, Map.of(), 64);
    alarms.take(alone, Map.of(), 64);
    assertThat(alarms.take(alone, Map.of(), 64).keySet())
        .as("without a teacher too")
        .containsExactly(Kind.COLLAPSE);
  }
}
