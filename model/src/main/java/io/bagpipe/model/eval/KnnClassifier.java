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

  /** Takes the votes of one query. */
  @FunctionalInterface
  interface Votes {
    /**
     * @param votes [classes]; the same array for the next query
     */
    void take(int query, double[] votes);
  }

  /**
   * Labels for queries.
   *
   * @param neighbours of each query, at most k
   * @param labels of the bank's rows, 0 or more
   * @return a label for each query
   */
  int[] vote(Neighbours neighbours, int[] labels) {
    int[] answers = new int[neighbours.ids().length / neighbours.k()];
    votes(
        neighbours,
        labels,
        (query, votes) -> {
          for (int label = 1; label < votes.length; label++) {
            if (votes[label] > votes[answers[query]]) {
              answers[query] = label;
            }
          }
        });
    return answers;
  }

  /** The weights that the classes get, query by query; as {@link #vote}. */
  void votes(Neighbours neighbours, int[] labels, Votes to) {
    int classes = 0;
    for (int label : labels) {
      classes = Math.max(classes, label + 1);
    }
    double[] votes = new double[classes];
    for (int query = 0; query < neighbours.ids().length / neighbours.k(); query++) {
      Arrays.fill(votes, 0);
      int first = query * neighbours.k();
      for (int i = first; i < first + neighbours.k(); i++) {
        // shifted by the largest cosine there is, so that no temperature overflows
        votes[labels[neighbours.ids()[i]]] +=
            Math.exp((neighbours.similarities()[i] - 1) / temperature);
      }
      to.take(query, votes);
    }
  }
}
