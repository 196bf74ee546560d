package io.bagpipe.model.train;

import io.bagpipe.model.objective.StepLoss;

/**
 * What a step did.
 *
 * @param step steps done, this one included
 * @param anchors anchors trained, this step's included
 * @param loss the loss with its named terms
 * @param rate learning rate of the step
 */
public record StepReport(long step, long anchors, StepLoss loss, double rate) {}
