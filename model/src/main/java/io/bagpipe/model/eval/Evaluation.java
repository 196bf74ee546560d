package io.bagpipe.model.eval;

/**
 * How good a student's features are.
 *
 * @param knnTop1 part of the queries that the bank's nearest images classify rightly, [0, 1]
 * @param linearTop1 the same of a linear layer on the features, fitted to the bank by least squares
 *     in closed form ({@link RidgeProbe})
 * @param rankMe effective rank of the queries' features, 1 to their dimension
 * @param featureStd mean over the dimensions of the normalised features' standard deviation
 * @param bankSize labelled images that vote
 * @param queries images classified
 */
public record Evaluation(
    double knnTop1,
    double linearTop1,
    double rankMe,
    double featureStd,
    int bankSize,
    int queries) {}
