package io.bagpipe.model.index;

/**
 * The neighbours of one query in one window, best first, ties by age (the older first).
 *
 * @param ordinals of the pushes that brought the entries
 * @param similarities their exact inner products, as {@link RollingIndex} defines them
 * @param visible how many entries the query could see
 */
public record SearchResult(long[] ordinals, double[] similarities, int visible) {
  /** Neighbours that were found. */
  public int size() {
    return ordinals.length;
  }
}
