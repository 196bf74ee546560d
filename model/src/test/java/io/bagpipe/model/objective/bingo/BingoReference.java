package io.bagpipe.model.objective.bingo;

import java.util.Random;

/** The loss in plain loops, and rows to try it on. */
public final class BingoReference {
  private BingoReference() {}

  public static double plainLoss(float[] raw, float[] keys, float[] negatives, int d, float t) {
    int batch = raw.length / d;
    double loss = 0;
    for (int row = 0; row < batch; row++) {
      double norm = Math.sqrt(dot(raw, row, raw, row, d));
      double positive = dot(raw, row, keys, row, d) / norm / t;
      double sum = Math.exp(positive);
      for (int j = 0; j < negatives.length / d; j++) {
        sum += Math.exp(dot(raw, row, negatives, j, d) / norm / t);
      }
      loss += Math.log(sum) - positive;
    }
    return loss / batch;
  }

  private static double dot(float[] a, int rowA, float[] b, int rowB, int d) {
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += (double) a[rowA * d + i] * b[rowB * d + i];
    }
    return sum;
  }

  public static float[] randomRows(Random random, int rows, int d, boolean unit) {
    float[] values = new float[rows * d];
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = row * d; i < (row + 1) * d; i++) {
        values[i] = (float) random.nextGaussian();
        squares += values[i] * values[i];
      }
      for (int i = row * d; unit && i < (row + 1) * d; i++) {
        values[i] = (float) (values[i] / Math.sqrt(squares));
      }
    }
    return values;
  }
}
