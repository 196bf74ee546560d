package io.bagpipe.model.objective.compress2q;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective.Moment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class Compress2qObjectiveTest {
  private final List<String> events = new ArrayList<>();

  private final MomentumEncoder encoder =
      new MomentumEncoder() {
        @Override
        public void follow(float momentum) {
          events.add("follows " + momentum);
        }

        @Override
        public float[] forward(byte[] pixels, int batch) {
          events.add("encodes " + pixels[0]);
          return new float[] {0, 5};
        }

        @Override
        public StateDict state() {
          return new StateDict();
        }

        @Override
        public void load(StateDict state) {
          assertThat(state.tensors()).isEmpty();
        }

        @Override
        public void close() {
          events.add("closed");
        }
      };

  /** As the authors: by the weights of before the update, and only after the loss. */
  @Test
  void afterTheUpdateTheEncodersWordEntersBesideTheTeachersAndThenItFollows() {
    NegativeQueue queue = new OneDnnNegativeQueue(3, 4, 1);
    queue.restore(new float[12], 0);
    AnchorBatch batch =
        new AnchorBatch(1)
            .with(Ingredient.QUERY_VIEW, new byte[] {7})
            .with(Ingredient.QUERY_EMBEDDING, new float[] {1, 0});
    try (Compress2qObjective objective = new Compress2qObjective(queue, encoder, 0.04f, 0.5f)) {
      objective.passes(
          (name, pixels, size, term) -> {
            events.add(name);
            return term.of(new float[] {1, 1}).loss();
          },
          batch,
          new Moment(0, 0));
      assertThat(queue.position()).isZero();
      objective.updated(batch);
      assertThat(events).containsExactly("query", "encodes 7", "follows 0.5");
      assertThat(Arrays.copyOf(queue.snapshot(), 4)).containsExactly(1, 0, 0, 1);
    }
    assertThat(events).endsWith("closed");
  }
}
