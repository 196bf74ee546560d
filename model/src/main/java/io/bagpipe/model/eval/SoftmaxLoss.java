package io.bagpipe.model.eval;

/** Cross-entropy of a softmax over scores, one feature at a time. */
final class SoftmaxLoss {
  private SoftmaxLoss() {}

  /**
   * The loss, in nats.
   *
   * @param scores [classes]; replaced by the loss's gradient of them
   */
  static double replace(double[] scores, int truth) {
    double most = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      most = Math.max(most, score);
    }
    double sum = 0;
    double atTruth = scores[truth] - most;
    for (int label = 0; label < scores.length; label++) {
      scores[label] = Math.exp(scores[label] - most);
      sum += scores[label];
    }
    for (int label = 0; label < scores.length; label++) {
      scores[label] /= sum;
    }
    scores[truth] -= 1;
    return Math.log(sum) - atTruth;
  }
}
