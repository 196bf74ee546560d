package io.bagpipe.model.engine;

/**
 * What rows r see of a queue's rows n_j at temperature T. Unit vectors bound r·n_j by 1, so the
 * shift by 1/T takes the place of a maximum. The arrays are the caller's own.
 *
 * @param sums [batch]: Σ_j exp((r·n_j - 1)/T)
 * @param vectors [batch, dimension]: Σ_j exp((r·n_j - 1)/T) n_j
 */
public record Attention(float[] sums, float[] vectors) {}
