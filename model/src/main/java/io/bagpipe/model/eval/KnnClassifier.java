package io.bagpipe.model.eval;

import java.util.Arrays;

/**
 * Weighted k-nearest-neighbour classification of features (METHOD: "Evaluation protocols"): the k
 * rows of the bank that are nearest by cosine similarity s vote for their labels with weight
 * exp(s/T). A tie goes to the lower label. Immutable.
 *
 * @param k neighbours: 200, on small sets 20
 * @param temperature T of the votes
 */
public record KnnClassifier(int k, double temperature) {
  private static final double PUBLISHED_TEMPERATURE = 0.07;

  public KnnClassifier {
    if (k < 1 || !(temperature > 0)) {
      throw new IllegalArgumentException(
          "kNN of " + k + " neighbours at temperature " + temperature + "; valid: above 0 in each");
    }
  }

  /** k neighbours at the published temperature, 0.07. */
  public static KnnClassifier of(int k) {
    return new KnnClassifier(k, PUBLISHED_TEMPERATURE);
  }

  /**
   * Labels for queries.
   *
   * @param bank [n, dimension], of any length
   * @param labels [n], 0 or more
   * @param queries [m, dimension], of any length
   * @return [m]
   */
  public int[] classify(float[] bank, int[] labels, float[] queries, int dimension) {
    if (bank.length != labels.length * dimension || queries.length % dimension != 0) {
      throw new IllegalArgumentException(
          "a bank of "
              + bank.length
              + " values with "
              + labels.length
              + " labels, queries of "
              + queries.length
              + "; valid: rows of "
              + dimension);
    }
    int classes = 0;
    for (int label : labels) {
      classes = Math.max(classes, label + 1);
    }
    Neighbours neighbours =
        Neighbours.search(bank, queries, dimension, Math.min(k, labels.length), false);
    int[] answers = new int[queries.length / dimension];
    double[] votes = new double[classes];
    for (int query = 0; query < answers.length; query++) {
      Arrays.fill(votes, 0);
      int first = query * neighbours.k();
      for (int i = first; i < first + neighbours.k(); i++) {
        // shifted by the largest cosine there is, so that no temperature overflows
        votes[labels[neighbours.ids()[i]]] +=
            Math.exp((neighbours.similarities()[i] - 1) / temperature);
      }
      for (int label = 1; label < classes; label++) {
        if (votes[label] > votes[answers[query]]) {
          answers[query] = label;
        }
      }
    }
    return answers;
  }

  /** Part of the queries that get their own label, [0, 1]. */
  public double top1(
      float[] bank, int[] labels, float[] queries, int[] queryLabels, int dimension) {
    int[] answers = classify(bank, labels, queries, dimension);
    if (answers.length != queryLabels.length || answers.length == 0) {
      throw new IllegalArgumentException(
          queryLabels.length + " labels of " + answers.length + " queries; valid: one each");
    }
    int right = 0;
    for (int i = 0; i < answers.length; i++) {
      right += answers[i] == queryLabels[i] ? 1 : 0;
    }
    return right / (double) answers.length;
  }
}
