package io.bagpipe.model.index;

import org.jspecify.annotations.Nullable;

/**
 * The entry that was drawn from a bag, with what training needs of it. The arrays are the caller's.
 *
 * @param id the image's key
 * @param rank its place in the bag, 0 the most similar
 * @param similarity cosine similarity to the anchor
 * @param label the true class where known
 * @param encoded the image file
 * @param key the teacher's embedding of its key view
 */
public record Member(
    byte[] id, int rank, float similarity, @Nullable String label, byte[] encoded, float[] key) {}
