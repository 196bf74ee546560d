package io.bagpipe.model.index;

/**
 * A look at a window.
 *
 * @param size pushes in the window, holes included
 * @param live entries that can be neighbours
 * @param payloadBytes encoded images, keys, ids and labels
 * @param indexBytes native memory and bookkeeping of the vectors
 * @param oldestMillis when the oldest live entry was pushed; 0 in an empty window
 * @param newestMillis when the newest live entry was pushed; 0 in an empty window
 * @param pushes entries taken since the start
 * @param replaced of them, older entries replaced by a push under the same id
 * @param removed entries taken out by id
 * @param evicted live entries that left as the oldest
 * @param anchors bags drawn since the start
 * @param alone of them, without a neighbour
 * @param meanSimilarity of neighbours, over about the last thousand bags; NaN before the first
 * @param purity share of neighbours with the anchor's label where both have one, over about the
 *     last thousand such bags; NaN before the first
 */
public record WindowStatistics(
    long size,
    int live,
    long payloadBytes,
    long indexBytes,
    long oldestMillis,
    long newestMillis,
    long pushes,
    long replaced,
    long removed,
    long evicted,
    long anchors,
    long alone,
    double meanSimilarity,
    double purity) {}
