package io.bagpipe.model.index;

/**
 * The nearest entries of one query, best first, ties by age (the older first).
 *
 * @param sequences push numbers of the entries
 * @param similarities their exact inner products, as {@link RollingIndex} defines them
 * @param visible how many entries the query could see
 */
record Neighbourhood(long[] sequences, double[] similarities, int visible) {
  int size() {
    return sequences.length;
  }
}
