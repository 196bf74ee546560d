package io.bagpipe.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerComponentsTest {
  private final float[] weight = {1, 2, 3};
  private final float[] velocity = {4, 5, 6};
  private final float[] queue = {7, 8, 9, 10};

  private TrainerState state() {
    return new TrainerState(
        5,
        320,
        dict("fc.weight", weight),
        dict("fc.weight", velocity),
        ObjectiveState.of("seed", dict("queue", queue), Map.of("queue_position", 1L)));
  }

  private static StateDict dict(String name, float[] values) {
    StateDict dict = new StateDict();
    dict.put(new Tensor(name, new int[] {values.length}, values));
    return dict;
  }

  @Test
  void aStateIsComponentsAndComesBackWithoutACopy() {
    Components components = TrainerComponents.of(state());

    assertThat(components.get("model").tensor("fc.weight").data()).isSameAs(weight);
    assertThat(components.get("optimiser").tensor("velocity.fc.weight").data()).isSameAs(velocity);
    assertThat(components.get("objective").kind()).isEqualTo("seed");

    TrainerState back = TrainerComponents.read(components);
    assertThat(back.step()).isEqualTo(5);
    assertThat(back.anchors()).isEqualTo(320);
    assertThat(back.objective().objective()).isEqualTo("seed");
    assertThat(back.objective().tensors().get("queue").data()).isSameAs(queue);
    assertThat(back.objective().counters()).isEqualTo(Map.of("queue_position", 1L));
    assertThat(back.network().get("fc.weight").data()).isSameAs(weight);
    assertThat(back.velocities().get("fc.weight").data()).isSameAs(velocity);
  }

  @Test
  void changesOfTheStreamComeBackAndAreNoComponentWhereThereAreNone() {
    assertThat(TrainerComponents.of(state()).find("changes")).isNull();
    assertThat(TrainerComponents.read(TrainerComponents.of(state())).changes())
        .isEqualTo(StreamChanges.NONE);
    TrainerState plain = state();
    StreamChanges changes = new StreamChanges(Map.of("0-77", 96L, "1-5", 320L), 320);
    TrainerState met =
        new TrainerState(
            plain.step(),
            plain.anchors(),
            plain.network(),
            plain.velocities(),
            plain.objective(),
            changes);
    assertThat(TrainerComponents.read(TrainerComponents.of(met)).changes()).isEqualTo(changes);
  }

  @Test
  void whatItWouldForgetIsRefusedByName() {
    assertRefused(
        with(Component.of("reservoir", "ring", new StateDict(), Map.of())),
        "it holds the component reservoir (ring), which this program does not know; known: changes,"
            + " eras, model, objective, optimiser, trainer");
    assertRefused(
        with(Component.of("optimiser", "adamw", new StateDict(), Map.of())),
        "its optimiser is adamw and this program's is sgd");
    assertRefused(
        with(Component.of("optimiser", "sgd", dict("variance.fc.weight", velocity), Map.of())),
        "its optimiser remembers variance.fc.weight, which this program does not know");
    assertRefused(
        with(Component.of("trainer", "", new StateDict(), Map.of("step", 5L))),
        "its component trainer lacks the counter anchors");
    assertRefused(
        new Components(TrainerComponents.of(state()).all().subList(0, 2)),
        "it lacks the component objective");
  }

  /** A trainer's components with one of them replaced, or one more. */
  private Components with(Component other) {
    List<Component> all = new ArrayList<>(TrainerComponents.of(state()).all());
    all.removeIf(component -> component.name().equals(other.name()));
    all.add(other);
    return new Components(all);
  }

  private static void assertRefused(Components components, String why) {
    assertThatThrownBy(() -> TrainerComponents.read(components))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(why);
  }
}
