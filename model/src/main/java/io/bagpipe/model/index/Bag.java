package io.bagpipe.model.index;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An anchor and its nearest neighbours.
 *
 * @param id the anchor's key
 * @param label the anchor's true class where known
 * @param neighbours best first, at most k, never under the anchor's own key; empty while the window
 *     is too young or nothing is similar enough
 * @param member drawn from the neighbours; null if there are none, or if the bag was only looked at
 */
public record Bag(
    byte[] id, @Nullable String label, List<Neighbour> neighbours, @Nullable Member member) {}
