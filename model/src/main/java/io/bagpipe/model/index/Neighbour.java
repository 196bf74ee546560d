package io.bagpipe.model.index;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a bag.
 *
 * @param id the image's key
 * @param similarity cosine similarity to the anchor
 * @param label the true class where known
 */
public record Neighbour(byte[] id, float similarity, @Nullable String label) {}
