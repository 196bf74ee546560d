package io.bagpipe.model.eval;

/**
 * How a classifier's answers compare with the truth.
 *
 * @param top1 part of the queries whose class has the highest score, [0, 1]
 * @param top5 part of the queries whose class is among the five highest; of equal scores the lower
 *     class goes first
 * @param confusion [true class][answer] queries
 */
public record ScoreCard(double top1, double top5, int[][] confusion) {
  private static final int FIVE = 5;

  /** Takes one query's scores after another. */
  static final class Tally {
    private final int[][] confusion;
    private int right;
    private int amongFive;
    private int count;

    Tally(int classes) {
      confusion = new int[classes][classes];
    }

    /**
     * @param scores [as many classes as were taught]
     * @param truth which may be none of those
     */
    void take(double[] scores, int truth) {
      int best = 0;
      int before = 0;
      for (int label = 0; label < scores.length; label++) {
        best = scores[label] > scores[best] ? label : best;
        if (truth < scores.length
            && (scores[label] > scores[truth]
                || (scores[label] == scores[truth] && label < truth))) {
          before++;
        }
      }
      confusion[truth][best]++;
      count++;
      right += best == truth ? 1 : 0;
      amongFive += truth < scores.length && before < FIVE ? 1 : 0;
    }

    ScoreCard card() {
      return new ScoreCard(right / (double) count, amongFive / (double) count, confusion);
    }
  }

  /** Of a linear layer. */
  static ScoreCard of(LinearClassifier linear, FeatureTable queries, int classes) {
    Tally tally = new Tally(classes);
    for (int i = 0; i < queries.size(); i++) {
      tally.take(linear.scores(queries.rows().get(i)), queries.labels()[i]);
    }
    return tally.card();
  }

  /** Queries that were judged. */
  public int queries() {
    int sum = 0;
    for (int[] row : confusion) {
      for (int count : row) {
        sum += count;
      }
    }
    return sum;
  }

  /**
   * What the choice of queries alone makes of {@link #top1}: √(p(1 − p)/n), the standard error of a
   * share.
   */
  public double samplingError() {
    return Math.sqrt(top1 * (1 - top1) / queries());
  }

  /** Part of a class's queries that are answered rightly; NaN where it has none. */
  public double recall(int label) {
    int sum = 0;
    for (int count : confusion[label]) {
      sum += count;
    }
    return sum == 0 ? Double.NaN : confusion[label][label] / (double) sum;
  }
}
