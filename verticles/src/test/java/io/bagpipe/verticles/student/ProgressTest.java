package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.train.StepReport;
import io.bagpipe.verticles.ops.events.StepEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void aTermThatOnlySomeStepsHaveIsTheMeanOfThose() {
    List<StepEvent> events = new ArrayList<>();
    Progress progress = new Progress(events::add, new Activity());
    progress.start(0);
    progress.add(step(1, Map.of("query", 1.0, "member", 4.0)), 8, 1);
    progress.add(step(2, Map.of("query", 3.0)), 8, 1);
    progress.flush();
    progress.add(step(3, Map.of("query", 5.0)), 8, 1);
    progress.flush();

    assertThat(events).extracting(StepEvent::anchors).containsExactly(16L, 24L);
    assertThat(events.get(0).terms()).isEqualTo(Map.of("query", 2.0, "member", 4.0));
    assertThat(events.get(1).terms()).isEqualTo(Map.of("query", 5.0));
  }

  private static StepReport step(long number, Map<String, Double> terms) {
    return new StepReport(number, 8 * number, new StepLoss(1, terms, Map.of()), 0.1);
  }
}
