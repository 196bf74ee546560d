package io.bagpipe.model.bingo;

/**
 * What a step did.
 *
 * @param step steps done, this one included
 * @param anchors anchors trained, this step's included
 * @param loss mean of the three terms
 * @param lossQuery the query views' term
 * @param lossMember the member views' term
 * @param lossMix the mixed views' term
 * @param rate learning rate of the step
 * @param lambda part of the mixed views that is the query's
 */
public record StepReport(
    long step,
    long anchors,
    double loss,
    double lossQuery,
    double lossMember,
    double lossMix,
    double rate,
    double lambda) {}
