package io.bagpipe.model.eval;

/**
 * A linear layer on features: the score of a class is its weights times the feature, and its bias.
 * Immutable in use; the arrays are its own.
 *
 * @param weights [classes][dimension]
 * @param bias [classes]; minus infinity for a class that is never the answer
 */
record LinearClassifier(double[][] weights, double[] bias) {
  int classes() {
    return bias.length;
  }

  /** The scores of one feature, as they are. */
  double[] scores(float[] row) {
    double[] scores = bias.clone();
    for (int label = 0; label < scores.length; label++) {
      double[] line = weights[label];
      double sum = 0;
      for (int i = 0; i < row.length; i++) {
        sum += line[i] * row[i];
      }
      scores[label] += sum;
    }
    return scores;
  }

  /**
   * The same layer for features as they are, of one for features standardised by these.
   *
   * @param mean [dimension]
   * @param scale [dimension], what a centred feature was divided by
   */
  LinearClassifier unstandardised(double[] mean, double[] scale) {
    double[][] raw = new double[weights.length][];
    double[] shifted = bias.clone();
    for (int label = 0; label < raw.length; label++) {
      raw[label] = weights[label].clone();
      for (int i = 0; i < mean.length; i++) {
        raw[label][i] /= scale[i];
        shifted[label] -= raw[label][i] * mean[i];
      }
    }
    return new LinearClassifier(raw, shifted);
  }
}
