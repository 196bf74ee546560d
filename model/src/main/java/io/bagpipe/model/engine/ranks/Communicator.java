package io.bagpipe.model.engine.ranks;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.Rank;

/**
 * Talk between the ranks that train one student. Every rank makes the same calls in the same order;
 * each blocks until all have made it. Confined to the training thread; whoever makes it closes it
 * there.
 *
 * <p>All methods throw {@link RanksException} when another rank is gone, late, or does something
 * else; the communicator is of no more use then.
 */
public interface Communicator extends AutoCloseable {
  /** This rank's place. */
  Rank rank();

  /**
   * Replaces the vector by its mean over all ranks, in place. All ranks have the same bits
   * afterwards, and equal inputs give equal bits in every run with so many ranks.
   *
   * @param vector of the same length in all ranks
   */
  void average(FlatVector vector);

  /**
   * Everybody's values, in the order of ranks.
   *
   * @param own of the same length in all ranks, 1 or more
   * @return [ranks, own.length]
   */
  float[] gather(float[] own);

  @Override
  void close();
}
