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
 */
public record TrainerState(
    long step, long anchors, StateDict network, StateDict velocities, ObjectiveState objective) {}
