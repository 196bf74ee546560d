package io.bagpipe.model.index;

/**
 * What to look for.
 *
 * @param neighbours how many at most, from 1
 * @param minSimilarity entries below it are no neighbours; -2 lets all pass
 * @param maxSimilarity entries above it are left out, as near-duplicates; 2 lets all pass
 */
public record NeighbourQuery(int neighbours, double minSimilarity, double maxSimilarity) {
  public NeighbourQuery {
    if (neighbours < 1) {
      throw new IllegalArgumentException("neighbours is " + neighbours + ", wanted at least 1");
    }
    if (!(minSimilarity <= maxSimilarity)) {
      throw new IllegalArgumentException(
          "minimum similarity " + minSimilarity + " is not below maximum " + maxSimilarity);
    }
  }

  /** The nearest, however near or far they are. */
  public static NeighbourQuery nearest(int neighbours) {
    return new NeighbourQuery(neighbours, -2, 2);
  }

  /** The same with room for one more, for an entry that will find itself. */
  NeighbourQuery oneMore() {
    return new NeighbourQuery(neighbours + 1, minSimilarity, maxSimilarity);
  }
}
