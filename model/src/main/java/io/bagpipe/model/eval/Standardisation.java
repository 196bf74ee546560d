package io.bagpipe.model.eval;

/**
 * Mean and deviation of each dimension of a table's features, as scikit-learn's StandardScaler
 * takes them.
 *
 * @param mean [dimension]
 * @param scale [dimension] biased standard deviation; 1 where a dimension is constant
 */
record Standardisation(double[] mean, double[] scale) {
  static Standardisation of(FeatureTable table) {
    int dimension = table.dimension();
    int count = table.size();
    double[] mean = new double[dimension];
    for (float[] row : table.rows()) {
      for (int i = 0; i < dimension; i++) {
        mean[i] += row[i] / (double) count;
      }
    }
    double[] scale = new double[dimension];
    for (float[] row : table.rows()) {
      for (int i = 0; i < dimension; i++) {
        double difference = row[i] - mean[i];
        scale[i] += difference * difference / count;
      }
    }
    for (int i = 0; i < dimension; i++) {
      boolean constant = scale[i] <= 1e-12 * (mean[i] * mean[i] + scale[i]);
      scale[i] = constant ? 1 : Math.sqrt(scale[i]);
    }
    return new Standardisation(mean, scale);
  }
}
