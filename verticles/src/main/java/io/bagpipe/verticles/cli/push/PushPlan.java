package io.bagpipe.verticles.cli.push;

import java.util.SplittableRandom;

/**
 * In which order the images of a source are sent: every position of the whole push, epochs and all,
 * has one image. A function of its parameters alone, so that an interrupted push can go on.
 * Confined to one thread.
 */
final class PushPlan {
  private final int size;
  private final boolean shuffle;
  private final long seed;
  private final long total;
  private long epoch = -1;
  private int[] order = {};

  /**
   * A plan.
   *
   * @param size images of the source
   * @param limit most positions; 0 for all
   */
  PushPlan(int size, int epochs, boolean shuffle, long seed, long limit) {
    this.size = size;
    this.shuffle = shuffle;
    this.seed = seed;
    long all = (long) size * epochs;
    this.total = limit > 0 ? Math.min(all, limit) : all;
  }

  long total() {
    return total;
  }

  /** What decides the order beside the number of images. */
  String order() {
    return shuffle ? "shuffled by " + seed : "in order";
  }

  /** Which image comes at a position. */
  int image(long position) {
    int within = (int) (position % size);
    if (!shuffle) {
      return within;
    }
    if (position / size != epoch) {
      epoch = position / size;
      order = permutation(size, new SplittableRandom(seed * 0x9e3779b97f4a7c15L + epoch));
    }
    return order[within];
  }

  private static int[] permutation(int size, SplittableRandom random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
