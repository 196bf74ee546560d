package io.bagpipe.model.objective;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObjectiveStateTest {
  @Test
  void whatAnObjectiveWouldForgetIsNamed() {
    StateDict tensors = new StateDict();
    tensors.put(new Tensor("queue", new int[] {1}, new float[1]));
    ObjectiveState state = ObjectiveState.of("bingo", tensors, Map.of("momentum_steps", 3L));

    assertThatCode(() -> state.requireOnly(Set.of("queue", "momentum_steps")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> state.requireOnly(Set.of("queue")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the state of bingo remembers momentum_steps, which this program does not know");
    assertThatThrownBy(() -> state.requireOnly(Set.of("momentum_steps")))
        .hasMessageContaining("remembers queue,");
  }
}
