package io.bagpipe.model.train;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import java.util.Map;
import java.util.Set;

/**
 * A trainer's state as the components of a checkpoint, and back. No array is copied.
 *
 * <table>
 * <caption>Components</caption>
 * <tr><th>name</th><th>kind</th><th>tensors</th><th>counters</th></tr>
 * <tr><td>trainer</td><td></td><td></td><td>step, anchors</td></tr>
 * <tr><td>model</td><td></td><td>torchvision's names</td><td></td></tr>
 * <tr><td>optimiser</td><td>sgd</td><td>velocity.NAME of a parameter</td><td></td></tr>
 * <tr><td>objective</td><td>its name</td><td>its own</td><td>its own</td></tr>
 * </table>
 */
public final class TrainerComponents {
  private static final String OPTIMISER = "optimiser";
  private static final String OBJECTIVE = "objective";
  private static final String SGD = "sgd";
  private static final String STEP = "step";
  private static final String ANCHORS = "anchors";
  private static final String VELOCITY = "velocity.";

  private TrainerComponents() {}

  /** What a trainer remembers, part by part. */
  public static Components of(TrainerState state) {
    StateDict velocities = new StateDict();
    for (Tensor velocity : state.velocities().tensors()) {
      velocities.put(new Tensor(VELOCITY + velocity.name(), velocity.shape(), velocity.data()));
    }
    ObjectiveState objective = state.objective();
    return Components.of(
        Component.of(
            Components.TRAINER,
            "",
            new StateDict(),
            Map.of(STEP, state.step(), ANCHORS, state.anchors())),
        Component.of(Components.MODEL, "", state.network(), Map.of()),
        Component.of(OPTIMISER, SGD, velocities, Map.of()),
        new Component(OBJECTIVE, objective.objective(), objective.tensors(), objective.counters()));
  }

  /**
   * The state that a trainer goes on from. Whether the objective is the trainer's, and what it
   * remembers is all that this objective knows, {@link Trainer#restore} sees.
   *
   * @throws CheckpointException when a part is missing, or something is there that a trainer would
   *     forget
   */
  public static TrainerState read(Components components) {
    components.requireOnly(Set.of(Components.TRAINER, Components.MODEL, OPTIMISER, OBJECTIVE));
    Component trainer = components.get(Components.TRAINER);
    Component objective = components.get(OBJECTIVE);
    return new TrainerState(
        trainer.counter(STEP),
        trainer.counter(ANCHORS),
        components.get(Components.MODEL).tensors(),
        velocities(components.get(OPTIMISER)),
        new ObjectiveState(objective.kind(), objective.tensors(), objective.counters()));
  }

  private static StateDict velocities(Component optimiser) {
    if (!optimiser.kind().equals(SGD)) {
      throw new CheckpointException(
          "its optimiser is " + optimiser.kind() + " and this program's is " + SGD);
    }
    StateDict velocities = new StateDict();
    for (Tensor tensor : optimiser.tensors().tensors()) {
      if (!tensor.name().startsWith(VELOCITY)) {
        throw new CheckpointException(
            "its optimiser remembers " + tensor.name() + ", which this program does not know");
      }
      String name = tensor.name().substring(VELOCITY.length());
      velocities.put(new Tensor(name, tensor.shape(), tensor.data()));
    }
    return velocities;
  }
}
