package io.bagpipe.model.data;

import org.jspecify.annotations.Nullable;

/**
 * One image of a data set, still encoded.
 *
 * @param id names it within the data set: a relative path, or {@code train-00042}
 * @param label its class, null when nobody said
 * @param encoded the image file; the caller's to keep
 */
public record LabelledImage(String id, @Nullable String label, byte[] encoded) {}
