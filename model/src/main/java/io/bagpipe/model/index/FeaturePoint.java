package io.bagpipe.model.index;

import org.jspecify.annotations.Nullable;

/**
 * An image in the window with its place in the teacher's feature space.
 *
 * @param id the image's key
 * @param label the true class where known
 * @param features unit vector; a copy, the caller's
 */
public record FeaturePoint(byte[] id, @Nullable String label, float[] features) {}
