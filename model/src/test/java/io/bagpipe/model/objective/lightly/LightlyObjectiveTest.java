package io.bagpipe.model.objective.lightly;

import static io.bagpipe.model.objective.Ingredient.QUERY_EMBEDDING;
import static io.bagpipe.model.objective.Ingredient.QUERY_VIEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.Objective.Moment;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.TermResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LightlyObjectiveTest {
  static List<GoldenCase> cases() {
    return GoldenCase.all("lightly", "case");
  }

  /** A batch larger than the queue is among the cases. */
  @ParameterizedTest
  @MethodSource("cases")
  void theBatchEntersBeforeItsLossAndBothAgreeWithTheReference(GoldenCase golden) {
    float[] outputs = golden.floats("s");
    int dimension = golden.width("s");
    int batch = outputs.length / dimension;
    List<TermResult> said = new ArrayList<>();
    NegativeQueue queue = queueNewestFirst(golden.floats("queue"), golden.width("queue"), golden);
    try (LightlyObjective objective =
        new LightlyObjective(queue, (float) golden.number("temperature"))) {
      AnchorBatch anchors =
          new AnchorBatch(batch)
              .with(QUERY_VIEW, new byte[3])
              .with(QUERY_EMBEDDING, golden.floats("t"));
      StepLoss loss =
          objective.passes(
              (name, pixels, size, term) -> {
                said.add(term.of(outputs));
                return said.get(0).loss();
              },
              anchors,
              new Moment(0, 0));
      golden.agrees(said.get(0), "loss", "grad_s");
      assertThat(loss.terms()).containsEntry("similarity", loss.loss());
      objective.updated(anchors);
      assertThat(newestFirst(queue)).containsExactly(golden.floats("queue_after"), within(1e-7f));
    }
  }

  /** The authors' queue has its newest row first; a ring is read backwards from its position. */
  private static float[] newestFirst(NegativeQueue queue) {
    float[] ring = queue.snapshot();
    int dimension = queue.dimension();
    float[] rows = new float[ring.length];
    for (int row = 0; row < queue.capacity(); row++) {
      int from = Math.floorMod(queue.position() - 1 - row, queue.capacity()) * dimension;
      System.arraycopy(ring, from, rows, row * dimension, dimension);
    }
    return rows;
  }

  private static NegativeQueue queueNewestFirst(float[] rows, int dimension, GoldenCase golden) {
    NegativeQueue queue = golden.queue("queue");
    LightlyObjective.enter(queue, rows);
    assertThat(newestFirst(queue)).hasSize(rows.length).isEqualTo(rows);
    assertThat(queue.dimension()).isEqualTo(dimension);
    return queue;
  }
}
