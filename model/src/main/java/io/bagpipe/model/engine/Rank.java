package io.bagpipe.model.engine;

/**
 * A place among the processes that train one student together, each with batches of its own.
 *
 * @param index from 0
 * @param of how many there are, 1 or more
 */
public record Rank(int index, int of) {
  /** The only one. */
  public static final Rank ALONE = new Rank(0, 1);

  public Rank {
    if (index < 0 || index >= of) {
      throw new IllegalArgumentException(
          "rank " + index + " of " + of + "; valid: from 0, below the number of ranks");
    }
  }

  /** {@code rank 1 of 4}, counted from 0 as everywhere. */
  @Override
  public String toString() {
    return "rank " + index + " of " + of;
  }
}
