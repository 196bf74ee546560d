package io.bagpipe.model.eval;

import io.bagpipe.model.random.Draw;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The linear probe as the authors train it (METHOD: "Evaluation protocols"; MoCo's main_lincls): a
 * linear layer on frozen, pooled features as they are, by SGD with momentum 0.9 and no weight decay
 * on the mean cross-entropy of a batch, the rate following half a cosine from epoch to epoch.
 * Weights start as N(0, 0.01²), biases at 0. The order of each epoch and the start are functions of
 * the seed.
 *
 * @param epochs 100 in the authors' runs
 * @param batch 256 there; the last of an epoch is smaller
 * @param rate 30 there
 */
public record SgdProbe(int epochs, int batch, double rate) {
  private static final double MOMENTUM = 0.9;
  private static final double START_DEVIATION = 0.01;

  /** As published. */
  public static final SgdProbe PUBLISHED = new SgdProbe(100, 256, 30);

  public SgdProbe {
    if (epochs < 1 || batch < 1 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "a linear probe of %d epochs, batches of %d, rate %s; valid: above 0 in each"
              .formatted(epochs, batch, rate));
    }
  }

  /** The layer that the features teach. */
  LinearClassifier fit(FeatureTable bank, long seed) {
    LinearClassifier layer = start(bank.classes(), bank.dimension(), seed);
    double[][] velocity = new double[layer.classes()][bank.dimension()];
    double[] biasVelocity = new double[layer.classes()];
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = order(bank.size(), seed, epoch);
      double now = rate / 2 * (1 + Math.cos(Math.PI * epoch / epochs));
      for (int from = 0; from < order.length; from += batch) {
        int[] chosen = Arrays.copyOfRange(order, from, Math.min(order.length, from + batch));
        double[][] errors = new double[chosen.length][];
        for (int i = 0; i < chosen.length; i++) {
          errors[i] = layer.scores(bank.rows().get(chosen[i]));
          SoftmaxLoss.replace(errors[i], bank.labels()[chosen[i]]);
        }
        for (int label = 0; label < layer.classes(); label++) {
          scale(velocity[label], MOMENTUM);
          biasVelocity[label] *= MOMENTUM;
          for (int i = 0; i < chosen.length; i++) {
            double error = errors[i][label] / chosen.length;
            add(velocity[label], error, bank.rows().get(chosen[i]));
            biasVelocity[label] += error;
          }
          for (int j = 0; j < velocity[label].length; j++) {
            layer.weights()[label][j] -= now * velocity[label][j];
          }
          layer.bias()[label] -= now * biasVelocity[label];
        }
      }
    }
    return layer;
  }

  private static void scale(double[] vector, double factor) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }

  private static void add(double[] to, double factor, float[] row) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * row[i];
    }
  }

  static LinearClassifier start(int classes, int dimension, long seed) {
    Draw draw = Draw.of(seed, 0, Draw.Purpose.PROBE);
    double[][] weights = new double[classes][dimension];
    for (double[] line : weights) {
      for (int i = 0; i < dimension; i++) {
        line[i] = START_DEVIATION * draw.nextGaussian();
      }
    }
    return new LinearClassifier(weights, new double[classes]);
  }

  /** A permutation (Fisher and Yates). */
  static int[] order(int count, long seed, int epoch) {
    Draw draw = Draw.of(seed, epoch + 1L, Draw.Purpose.PROBE);
    int[] order = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int j = draw.nextInt(i + 1);
      int other = order[j];
      order[j] = order[i];
      order[i] = other;
    }
    return order;
  }
}
