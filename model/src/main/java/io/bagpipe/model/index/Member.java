package io.bagpipe.model.index;

import io.bagpipe.model.random.ImageCoordinates;
import org.jspecify.annotations.Nullable;

/**
 * The entry that was drawn from a bag, with what training needs of it. The arrays are the caller's.
 *
 * @param id the image's key
 * @param rank its place in the bag, 0 the most similar
 * @param similarity cosine similarity to the anchor
 * @param label the true class where known
 * @param at where the image stands in the stream: its own views are drawn from that
 * @param encoded the image file
 * @param key what the window keeps of the teacher's: its embedding of a view
 */
public record Member(
    byte[] id,
    int rank,
    float similarity,
    @Nullable String label,
    ImageCoordinates at,
    byte[] encoded,
    float[] key) {}
