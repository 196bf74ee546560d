package io.bagpipe.model.bingo;

import io.bagpipe.model.network.StateDict;

/**
 * Everything that a trainer's future depends on beside its configuration and its input. Random
 * draws are functions of (seed, step), so there is no generator to keep.
 *
 * @param step steps done
 * @param anchors anchors trained
 * @param queue the negatives as they lie, [capacity, dimension]
 * @param queuePosition the row that the next key replaces
 * @param network parameters and running statistics
 * @param velocities the optimiser's, named as their parameters
 */
public record TrainerState(
    long step,
    long anchors,
    float[] queue,
    int queuePosition,
    StateDict network,
    StateDict velocities) {}
