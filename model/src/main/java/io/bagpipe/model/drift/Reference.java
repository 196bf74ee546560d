package io.bagpipe.model.drift;

import java.util.Arrays;
import org.apache.commons.math3.exception.MaxCountExceededException;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * What the newest images are compared with, and how far they may be from it by chance.
 *
 * <p>While nothing changes, the squared distance of the means of n images and of the reference's M
 * is about (1/n + 1/M) Σ λ_i Z_i², λ the eigenvalues of the features' covariance. The level is the
 * value of that sum which is exceeded in a test so rarely that all tests of all windows together
 * expect one false alarm in a run length; that overlapping windows are alike makes it rarer still.
 * Images that come in runs of a kind (one camera, one page) differ less by chance than their
 * neighbours in time suggest: the covariance counts as often as means of runs of the reference vary
 * more than means of single images would, where they do so beyond chance.
 *
 * @param bandwidth of the kernel exp(−‖x−y‖²/2σ²), σ² half the median of ‖x−y‖² (alibi-detect's
 *     rule)
 * @param mean of the features
 * @param level threshold of a window of n images: (1/n + 1/reference) of it
 */
record Reference(double bandwidth, double[] mean, double level) {
  private static final double SMALLEST_BANDWIDTH = 1e-3;

  /** Of images that are all alike: differences below are rounding. */
  private static final double SMALLEST_LEVEL = 1e-6;

  private static final int RUNS = 16;

  /**
   * @param projections of the reference's images, in their order
   */
  static Reference of(float[] projections, DetectorConfig config) {
    int images = config.reference();
    double bandwidth = bandwidth(projections, images);
    double[][] features = features(projections, images, bandwidth);
    double[] mean = mean(features, 0, images);
    double[] eigenvalues = eigenvalues(covariance(features, mean));
    double trace = Arrays.stream(eigenvalues).sum();
    if (trace < SMALLEST_LEVEL) {
      return new Reference(bandwidth, mean, SMALLEST_LEVEL);
    }
    double tests = config.windows().length * config.runLength() / DetectorConfig.BLOCK;
    double level = new QuadraticTail(eigenvalues).quantile(1 / tests);
    return new Reference(bandwidth, mean, level * dispersion(features, mean, eigenvalues));
  }

  double threshold(int window, int reference) {
    return level * (1.0 / window + 1.0 / reference);
  }

  private static double bandwidth(float[] projections, int images) {
    int half = images / 2;
    double[] distances = new double[half];
    for (int i = 0; i < half; i++) {
      distances[i] =
          RandomFeatures.squaredDistance(
              projections,
              i * RandomFeatures.COUNT,
              projections,
              (i + half) * RandomFeatures.COUNT);
    }
    Arrays.sort(distances);
    return Math.max(SMALLEST_BANDWIDTH, Math.sqrt(distances[half / 2] / 2));
  }

  private static double[][] features(float[] projections, int images, double bandwidth) {
    double[][] features = new double[images][RandomFeatures.DIMENSION];
    for (int i = 0; i < images; i++) {
      RandomFeatures.addFeatures(projections, i * RandomFeatures.COUNT, bandwidth, features[i]);
    }
    return features;
  }

  private static double[] mean(double[][] features, int from, int to) {
    double[] mean = new double[RandomFeatures.DIMENSION];
    for (int i = from; i < to; i++) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += features[i][j];
      }
    }
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= to - from;
    }
    return mean;
  }

  private static double[][] covariance(double[][] features, double[] mean) {
    int n = mean.length;
    double[][] covariance = new double[n][n];
    double[] centred = new double[n];
    for (double[] row : features) {
      for (int j = 0; j < n; j++) {
        centred[j] = row[j] - mean[j];
      }
      for (int j = 0; j < n; j++) {
        double value = centred[j] / (features.length - 1);
        double[] into = covariance[j];
        for (int k = 0; k < n; k++) {
          into[k] += value * centred[k];
        }
      }
    }
    for (int j = 0; j < n; j++) {
      for (int k = 0; k < j; k++) {
        covariance[j][k] = covariance[k][j];
      }
    }
    return covariance;
  }

  /** Of a reference of few different images the first way may not converge: the second does. */
  private static double[] eigenvalues(double[][] covariance) {
    var matrix = new Array2DRowRealMatrix(covariance, false);
    double[] all;
    try {
      all = new EigenDecomposition(matrix).getRealEigenvalues();
    } catch (MaxCountExceededException e) {
      all = new SingularValueDecomposition(matrix).getSingularValues();
    }
    return Arrays.stream(all).map(value -> Math.max(0, value)).toArray();
  }

  /** How many times more the means of runs vary than those of as many independent images. */
  private static double dispersion(double[][] features, double[] mean, double[] eigenvalues) {
    int length = features.length / RUNS;
    double between = 0;
    for (int run = 0; run < RUNS; run++) {
      double[] of = mean(features, run * length, (run + 1) * length);
      between += squaredDistance(of, mean) / (RUNS - 1);
    }
    double trace = Arrays.stream(eigenvalues).sum();
    double squares = Arrays.stream(eigenvalues).map(value -> value * value).sum();
    double chance = 3 * Math.sqrt(2 * squares / (trace * trace) / (RUNS - 1));
    double found = between * length / trace;
    return found > 1 + chance ? found : 1;
  }

  static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      double difference = a[j] - b[j];
      sum += difference * difference;
    }
    return sum;
  }
}
