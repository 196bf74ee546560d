package io.bagpipe.model.eval;

import java.util.List;

/** What features say of a student without any label. */
public final class FeatureStatistics {
  private static final double EPSILON = 1e-7;

  private FeatureStatistics() {}

  /**
   * RankMe, the effective rank of the features (Garrido et al., ICML 2023, equation 1): the
   * exponential of the entropy of the singular values' shares, between 1 and the dimension. A
   * collapsed student is near 1.
   *
   * @param rows of this dimension
   */
  static double rankMe(List<float[]> rows, int dimension) {
    double[] squares = SymmetricEigenvalues.of(gram(rows, dimension));
    double sum = 0;
    for (double square : squares) {
      sum += Math.sqrt(Math.max(square, 0));
    }
    if (!(sum > 0)) {
      return 1;
    }
    int rank = Math.min(dimension, rows.size());
    double entropy = 0;
    for (int i = squares.length - rank; i < squares.length; i++) {
      double share = Math.sqrt(Math.max(squares[i], 0)) / sum + EPSILON;
      entropy -= share * Math.log(share);
    }
    return Math.exp(entropy);
  }

  /** Xᵀ X; in double, because its eigenvalues are the squares of what is looked for. */
  private static double[][] gram(List<float[]> rows, int dimension) {
    double[][] gram = new double[dimension][dimension];
    double[] row = new double[dimension];
    for (float[] values : rows) {
      for (int i = 0; i < dimension; i++) {
        row[i] = values[i];
      }
      for (int i = 0; i < dimension; i++) {
        double factor = row[i];
        double[] line = gram[i];
        if (factor != 0) {
          for (int j = i; j < dimension; j++) {
            line[j] += factor * row[j];
          }
        }
      }
    }
    for (int i = 0; i < dimension; i++) {
      for (int j = 0; j < i; j++) {
        gram[i][j] = gram[j][i];
      }
    }
    return gram;
  }

  /**
   * The standard deviation of each dimension of the L2-normalised rows. Spread evenly over the
   * sphere they would have 1/√dimension; a collapsed student is near 0.
   *
   * @param rows of this dimension
   */
  static double[] standardDeviations(List<float[]> rows, int dimension) {
    int count = rows.size();
    double[] means = new double[dimension];
    for (float[] row : rows) {
      float[] unit = FeatureRows.unit(row);
      for (int i = 0; i < dimension; i++) {
        means[i] += unit[i] / (double) count;
      }
    }
    double[] deviations = new double[dimension];
    for (float[] row : rows) {
      float[] unit = FeatureRows.unit(row);
      for (int i = 0; i < dimension; i++) {
        double difference = unit[i] - means[i];
        deviations[i] += difference * difference / count;
      }
    }
    for (int i = 0; i < dimension; i++) {
      deviations[i] = Math.sqrt(deviations[i]);
    }
    return deviations;
  }

  /** The mean of {@link #standardDeviations}. */
  static double meanStandardDeviation(List<float[]> rows, int dimension) {
    double sum = 0;
    for (double deviation : standardDeviations(rows, dimension)) {
      sum += deviation;
    }
    return sum / dimension;
  }

  /**
   * Part of the images whose nearest other image is the same for the student as for the teacher.
   *
   * @param student [count, studentDimension]
   * @param teacher [count, teacherDimension], of the same images
   */
  public static double neighbourAgreement(
      float[] student, int studentDimension, float[] teacher, int teacherDimension) {
    int count = student.length / studentDimension;
    if (count < 2 || teacher.length != count * teacherDimension) {
      throw new IllegalArgumentException(
          "features of "
              + count
              + " images and "
              + teacher.length / teacherDimension
              + "; valid: the same two or more");
    }
    int[] students = nearest(FeatureRows.of(student, studentDimension), studentDimension);
    int[] teachers = nearest(FeatureRows.of(teacher, teacherDimension), teacherDimension);
    int same = 0;
    for (int i = 0; i < count; i++) {
      same += students[i] == teachers[i] ? 1 : 0;
    }
    return same / (double) count;
  }

  private static int[] nearest(List<float[]> rows, int dimension) {
    return Neighbours.search(rows, rows, dimension, 1, true).ids();
  }
}
