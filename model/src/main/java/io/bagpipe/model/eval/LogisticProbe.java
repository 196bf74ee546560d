package io.bagpipe.model.eval;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The linear probe by multinomial logistic regression on standardised features, to its optimum:
 * cross-entropy summed over the features, plus half the squared weights, the biases free. Equals
 * scikit-learn's {@code make_pipeline(StandardScaler(), LogisticRegression(C=1))}. The same bits
 * every time, whatever cores there are.
 */
final class LogisticProbe {
  private static final Logger LOG = LoggerFactory.getLogger(LogisticProbe.class);

  /** Of the mean loss's gradient. */
  private static final double TOLERANCE = 1e-6;

  private static final int MOST_ITERATIONS = 1000;

  /** Features summed apart, then together in their order: rounding does not depend on threads. */
  private static final int BLOCK = 1024;

  private final FeatureTable table;
  private final Standardisation standard;
  private final int classes;
  private final int dimension;

  private LogisticProbe(FeatureTable table) {
    this.table = table;
    this.standard = Standardisation.of(table);
    this.classes = table.classes();
    this.dimension = table.dimension();
  }

  /** The layer for features as they are. */
  static LinearClassifier fit(FeatureTable bank) {
    LogisticProbe probe = new LogisticProbe(bank);
    Lbfgs.Minimum minimum =
        new Lbfgs(probe::loss)
            .minimise(
                new double[probe.classes * (probe.dimension + 1)], TOLERANCE, MOST_ITERATIONS);
    if (!minimum.converged()) {
      LOG.warn(
          "logistic regression did not converge in {} iterations; its score may be a little low",
          minimum.iterations());
    }
    return probe.layer(minimum.at()).unstandardised(probe.standard.mean(), probe.standard.scale());
  }

  /** As [classes][dimension + 1], the bias last; a class that nobody has never wins. */
  private LinearClassifier layer(double[] at) {
    double[][] weights = new double[classes][];
    double[] bias = new double[classes];
    boolean[] taught = new boolean[classes];
    for (int label : table.labels()) {
      taught[label] = true;
    }
    for (int label = 0; label < classes; label++) {
      int first = label * (dimension + 1);
      weights[label] = Arrays.copyOfRange(at, first, first + dimension);
      bias[label] = taught[label] ? at[first + dimension] : Double.NEGATIVE_INFINITY;
    }
    return new LinearClassifier(weights, bias);
  }

  /** The mean over the features, so that one tolerance fits every number of them. */
  private double loss(double[] at, double[] gradient) {
    int blocks = (table.size() + BLOCK - 1) / BLOCK;
    LinearClassifier raw = layer(at).unstandardised(standard.mean(), standard.scale());
    double[][] sums = new double[blocks][];
    double[] losses = new double[blocks];
    IntStream.range(0, blocks)
        .parallel()
        .forEach(
            block -> {
              sums[block] = new double[at.length];
              losses[block] = block(raw, block * BLOCK, sums[block]);
            });
    Arrays.fill(gradient, 0);
    double loss = 0;
    for (int block = 0; block < blocks; block++) {
      loss += losses[block];
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += sums[block][i];
      }
    }
    return finish(at, gradient, loss);
  }

  /** Adds up, for features as they are, what they do to weights and bias of each class. */
  private double block(LinearClassifier raw, int from, double[] gradient) {
    double loss = 0;
    int to = Math.min(table.size(), from + BLOCK);
    for (int i = from; i < to; i++) {
      float[] row = table.rows().get(i);
      double[] errors = raw.scores(row);
      loss += SoftmaxLoss.replace(errors, table.labels()[i]);
      for (int label = 0; label < classes; label++) {
        int first = label * (dimension + 1);
        double error = errors[label];
        for (int j = 0; j < dimension; j++) {
          gradient[first + j] += error * row[j];
        }
        gradient[first + dimension] += error;
      }
    }
    return loss;
  }

  /** To standardised features, the penalty added. */
  private double finish(double[] at, double[] gradient, double loss) {
    int count = table.size();
    double squares = 0;
    for (int label = 0; label < classes; label++) {
      int first = label * (dimension + 1);
      double bias = gradient[first + dimension];
      for (int j = 0; j < dimension; j++) {
        double weight = at[first + j];
        squares += weight * weight;
        double standardised =
            (gradient[first + j] - bias * standard.mean()[j]) / standard.scale()[j];
        gradient[first + j] = (standardised + weight) / count;
      }
      gradient[first + dimension] = bias / count;
    }
    return (loss + squares / 2) / count;
  }
}
