/**
 * The rolling window and the bags drawn from it.
 *
 * <p>Read {@code BagWindow} first, then {@code RollingIndex}, whose documentation says what is seen
 * and what is exact, then {@code Ring}, the bookkeeping of both. One word for one thing:
 *
 * <ul>
 *   <li><b>push</b>: one image that goes into a window; its <b>ordinal</b> is its place among all
 *       pushes of that window. An ordinal is no Kafka offset: a record holds many images, and an
 *       ordinal begins anew with a rebuilt window.
 *   <li><b>entry</b>: what the window holds of a push, until a push under the same id or the
 *       window's bounds take it out; its <b>slot</b> is where it lies in memory.
 *   <li><b>candidate</b>: an entry that the approximate scan cannot rule out.
 *   <li><b>neighbour</b>: one of the k entries most similar to a query, by exact similarity: found
 *       by one window ({@code SearchResult}), by several ({@code MergedResult}), and as it is told
 *       to others ({@code Neighbour}).
 *   <li><b>bag</b>: an anchor with its neighbours; the <b>member</b> is the one that was drawn, its
 *       <b>rank</b> its place in the bag.
 * </ul>
 *
 * <p>Windows and indexes are confined to one thread; whoever makes one closes it.
 */
@NullMarked
package io.bagpipe.model.index;

import org.jspecify.annotations.NullMarked;
