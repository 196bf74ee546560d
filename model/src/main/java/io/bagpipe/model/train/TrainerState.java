package io.bagpipe.model.train;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.objective.ObjectiveState;

/**
 * Everything that a trainer's future depends on beside its configuration and its input. Random
 * draws are functions of (seed, step), so there is no generator to keep.
 *
 * @param step steps done
 * @param anchors anchors trained
 * @param network parameters and running statistics
 * @param velocities the optimiser's, named as their parameters
 * @param objective what the objective remembers
 * @param changes of the stream that were met
 */
public record TrainerState(
    long step,
    long anchors,
    StateDict network,
    StateDict velocities,
    ObjectiveState objective,
    StreamChanges changes) {
  /** Of a run that met no change. */
  public TrainerState(
      long step, long anchors, StateDict network, StateDict velocities, ObjectiveState objective) {
    this(step, anchors, network, velocities, objective, StreamChanges.NONE);
  }
}
