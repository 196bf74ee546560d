package io.bagpipe.model.train;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * <tr><td>changes</td><td></td><td></td><td>restarted, at.NAME of each change of the stream; only
 * where one was met</td></tr>
 * </table>
 */
public final class TrainerComponents {
  private static final String OPTIMISER = "optimiser";
  private static final String OBJECTIVE = "objective";
  private static final String CHANGES = "changes";
  private static final String RESTARTED = "restarted";
  private static final String AT = "at.";
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
    List<Component> all = new ArrayList<>();
    all.add(
        Component.of(
            Components.TRAINER,
            "",
            new StateDict(),
            Map.of(STEP, state.step(), ANCHORS, state.anchors())));
    all.add(Component.of(Components.MODEL, "", state.network(), Map.of()));
    all.add(Component.of(OPTIMISER, SGD, velocities, Map.of()));
    all.add(
        new Component(OBJECTIVE, objective.objective(), objective.tensors(), objective.counters()));
    if (!state.changes().equals(StreamChanges.NONE)) {
      all.add(Component.of(CHANGES, "", new StateDict(), counters(state.changes())));
    }
    return new Components(all);
  }

  private static Map<String, Long> counters(StreamChanges changes) {
    Map<String, Long> counters = new HashMap<>();
    counters.put(RESTARTED, changes.restarted());
    changes.at().forEach((name, anchors) -> counters.put(AT + name, anchors));
    return counters;
  }

  private static StreamChanges changes(@Nullable Component component) {
    if (component == null) {
      return StreamChanges.NONE;
    }
    Map<String, Long> at = new HashMap<>();
    component
        .counters()
        .forEach(
            (name, anchors) -> {
              if (name.startsWith(AT)) {
                at.put(name.substring(AT.length()), anchors);
              }
            });
    return new StreamChanges(at, component.counter(RESTARTED));
  }

  /**
   * The state that a trainer goes on from; the eras beside it are the student's. Whether the
   * objective is the trainer's, and what it remembers is all that this objective knows, {@link
   * Trainer#restore} sees.
   *
   * @throws CheckpointException when a part is missing, or something is there that a trainer would
   *     forget
   */
  public static TrainerState read(Components components) {
    components.requireOnly(
        Set.of(
            Components.TRAINER, Components.MODEL, OPTIMISER, OBJECTIVE, CHANGES, Components.ERAS));
    Component trainer = components.get(Components.TRAINER);
    Component objective = components.get(OBJECTIVE);
    return new TrainerState(
        trainer.counter(STEP),
        trainer.counter(ANCHORS),
        components.get(Components.MODEL).tensors(),
        velocities(components.get(OPTIMISER)),
        new ObjectiveState(objective.kind(), objective.tensors(), objective.counters()),
        changes(components.find(CHANGES)));
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
