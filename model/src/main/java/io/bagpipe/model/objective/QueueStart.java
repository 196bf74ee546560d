package io.bagpipe.model.objective;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;

/** Other beginnings of a queue than random unit rows. */
public final class QueueStart {
  private QueueStart() {}

  /** Rows of zeros, whose logits are 0. */
  public static void zeros(NegativeQueue queue) {
    queue.restore(new float[queue.capacity() * queue.dimension()], 0);
  }

  /**
   * Values uniform in ±√(3/d), so that a row of d has length 1 in the mean square; row n is a
   * function of (seed, n).
   *
   * @param parts lengths of the vectors that lie side by side in a row; their sum is the queue's
   */
  public static void uniform(NegativeQueue queue, long seed, int... parts) {
    float[] rows = new float[queue.capacity() * queue.dimension()];
    int at = 0;
    for (int row = 0; row < queue.capacity(); row++) {
      Draw draw = Draw.of(seed, row, Purpose.QUEUE);
      for (int part : parts) {
        double bound = Math.sqrt(3.0 / part);
        for (int i = 0; i < part; i++) {
          rows[at++] = (float) (bound * (2 * draw.nextDouble() - 1));
        }
      }
    }
    queue.restore(rows, 0);
  }
}
