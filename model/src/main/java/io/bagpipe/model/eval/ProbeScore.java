package io.bagpipe.model.eval;

/**
 * How a student does on a probe set; NaN where that cannot be asked.
 *
 * @param knnTop1 part of the images whose nearest others of the set have their label, [0, 1]
 * @param linearTop1 the same of a linear layer fitted to one half of the set by least squares, on
 *     the other half, and the other way round
 * @param agreement part of an image's nearest others of the set that are its nearest by the
 *     teacher's features too, mean over the images, [0, 1]; needs no label
 */
public record ProbeScore(double knnTop1, double linearTop1, double agreement) {}
