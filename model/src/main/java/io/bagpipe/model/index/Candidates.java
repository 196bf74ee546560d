package io.bagpipe.model.index;

import java.util.Arrays;

/**
 * One query's candidates while blocks are scanned: every entry whose approximate score leaves it a
 * chance to be among the k best by exact similarity.
 *
 * <p>With |approximate - exact| ≤ error for every entry, let a be the k-th best approximate score
 * among entries that surely count (not above the near-duplicate limit). Then k entries have an
 * exact similarity of at least a - error, and one whose approximate score is below a - 2·error has
 * an exact one strictly below that, so it cannot be among the k best, ties or not. Not thread-safe.
 */
final class Candidates {
  private final double error;
  private final double maxApproximate;
  private final double surelyBelow;
  private final double[] best;
  private int bestCount;
  private double floor;
  private float threshold;
  private float[] scores = new float[64];
  private int[] slots = new int[64];
  private int size;

  Candidates(NeighbourQuery query, double error) {
    this.error = error;
    this.best = new double[query.neighbours()];
    this.maxApproximate = query.maxSimilarity() + error;
    this.surelyBelow = query.maxSimilarity() - error;
    this.floor = query.minSimilarity() - error;
    this.threshold = below(floor);
  }

  /** An approximate score below this cannot matter. */
  float threshold() {
    return threshold;
  }

  private static float below(double value) {
    return Math.nextDown((float) value);
  }

  /** Takes an entry that the query can see and whose score reaches the threshold. */
  void offer(int slot, float score) {
    if (score > maxApproximate) {
      return; // a near-duplicate for sure
    }
    if (size == scores.length) {
      compact();
    }
    scores[size] = score;
    slots[size++] = slot;
    if (score <= surelyBelow) {
      raise(score);
    }
  }

  private void raise(double score) {
    int k = best.length;
    if (bestCount == k && score <= best[k - 1]) {
      return;
    }
    int at = bestCount < k ? bestCount++ : k - 1;
    for (; at > 0 && best[at - 1] < score; at--) {
      best[at] = best[at - 1];
    }
    best[at] = score;
    if (bestCount == k && best[k - 1] - 2 * error > floor) {
      floor = best[k - 1] - 2 * error;
      threshold = below(floor);
    }
  }

  /** Drops what the threshold has left behind; makes room if that is little. */
  private void compact() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (scores[i] >= threshold) {
        scores[kept] = scores[i];
        slots[kept++] = slots[i];
      }
    }
    size = kept;
    if (size > scores.length / 2) {
      scores = Arrays.copyOf(scores, scores.length * 2);
      slots = Arrays.copyOf(slots, slots.length * 2);
    }
  }

  /** The slots that are left to be ranked exactly. */
  int[] slots() {
    compact();
    return Arrays.copyOf(slots, size);
  }
}
