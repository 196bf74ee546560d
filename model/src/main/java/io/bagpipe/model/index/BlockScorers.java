package io.bagpipe.model.index;

import org.jspecify.annotations.Nullable;

/** Scorers of one layout, one for each count of queries that comes up, made when it does. */
final class BlockScorers implements AutoCloseable {
  private static final int COLUMN_STEP = 16;

  private final VectorRows vectors;
  private final int dimension;
  private final int rows;
  private final @Nullable BlockScorer[] scorers;

  BlockScorers(VectorRows vectors, int dimension, int rows, int mostQueries) {
    this.vectors = vectors;
    this.dimension = dimension;
    this.rows = rows;
    this.scorers = new BlockScorer[mostQueries / COLUMN_STEP];
  }

  VectorRows vectors() {
    return vectors;
  }

  BlockScorer of(int queries) {
    int step = (queries + COLUMN_STEP - 1) / COLUMN_STEP;
    BlockScorer scorer = scorers[step - 1];
    if (scorer == null) {
      scorer = new BlockScorer(vectors, dimension, rows, step * COLUMN_STEP);
      scorers[step - 1] = scorer;
    }
    return scorer;
  }

  @Override
  public void close() {
    for (BlockScorer scorer : scorers) {
      if (scorer != null) {
        scorer.close();
      }
    }
  }
}
