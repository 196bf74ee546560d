package io.bagpipe.model.index;

import io.bagpipe.model.random.ImageCoordinates;
import org.jspecify.annotations.Nullable;

/**
 * One pushed image as the window takes it. Arrays are handed over: {@code id} is kept, the others
 * are copied.
 *
 * @param id the image's key; a later entry under the same one replaces this
 * @param at where the image stands in the stream
 * @param label the true class where known, for evaluation only
 * @param encoded the image file
 * @param features unit vector, the teacher's features of the index view
 * @param key unit vector, the teacher's embedding of a view; empty in a window that keeps none
 * @param timestampMillis when it was pushed
 */
public record WindowEntry(
    byte[] id,
    ImageCoordinates at,
    @Nullable String label,
    byte[] encoded,
    float[] features,
    float[] key,
    long timestampMillis) {}
