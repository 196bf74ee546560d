package io.bagpipe.model.drift;

import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;

/**
 * Random Fourier features of a Gaussian kernel (Rahimi, Recht, NIPS 2007): the mean of a set's
 * features stands for the set, and squared distances of means are squared maximum mean
 * discrepancies. In two halves, because a kernel's bandwidth is not known before there are images:
 * projections on {@link #COUNT} random directions, and their cosines and sines for a bandwidth.
 *
 * <p>The projections of two images tell their distance as well (Johnson, Lindenstrauss), so that
 * nothing else need be kept of an image. Every value is the same on every machine. Immutable.
 */
final class RandomFeatures {
  /** Directions. */
  static final int COUNT = 128;

  /** Features: a cosine and a sine a direction. */
  static final int DIMENSION = 2 * COUNT;

  private static final double SCALE = 1 / Math.sqrt(COUNT);

  private final float[][] directions;

  /**
   * @param dimension of the vectors
   */
  RandomFeatures(int dimension, long seed) {
    directions = new float[dimension][COUNT];
    for (int i = 0; i < dimension; i++) {
      Draw draw = Draw.of(seed, i, Purpose.DRIFT);
      for (int j = 0; j < COUNT; j++) {
        // Box, Muller
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - draw.nextDouble()));
        directions[i][j] = (float) (radius * StrictMath.cos(2 * StrictMath.PI * draw.nextDouble()));
      }
    }
  }

  int dimension() {
    return directions.length;
  }

  /** Writes a vector's projections. */
  void project(float[] vector, float[] into, int at) {
    float[] sums = new float[COUNT];
    for (int i = 0; i < vector.length; i++) {
      float value = vector[i];
      float[] row = directions[i];
      for (int j = 0; j < COUNT; j++) {
        sums[j] += value * row[j];
      }
    }
    System.arraycopy(sums, 0, into, at, COUNT);
  }

  /** Adds the features of projections. */
  static void addFeatures(float[] projections, int at, double bandwidth, double[] to) {
    for (int j = 0; j < COUNT; j++) {
      double angle = projections[at + j] / bandwidth;
      to[j] += SCALE * StrictMath.cos(angle);
      to[COUNT + j] += SCALE * StrictMath.sin(angle);
    }
  }

  /** The squared distance of two vectors, as their projections tell it. */
  static double squaredDistance(float[] a, int atA, float[] b, int atB) {
    double sum = 0;
    for (int j = 0; j < COUNT; j++) {
      double difference = (double) a[atA + j] - b[atB + j];
      sum += difference * difference;
    }
    return sum / COUNT;
  }
}
