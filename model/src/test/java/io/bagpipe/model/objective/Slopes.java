package io.bagpipe.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Random;
import java.util.function.Function;

/** Gradients against central differences of the loss itself. */
public final class Slopes {
  private Slopes() {}

  /**
   * Along random directions of random outputs.
   *
   * @param loss of raw outputs [rows, dimension]
   */
  public static void areThoseOf(Function<float[], TermResult> loss, int rows, int dimension) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    float[] raw = BingoReference.randomRows(random, rows, dimension, false);
    for (int trial = 0; trial < 8; trial++) {
      float[] direction = BingoReference.randomRows(random, rows, dimension, false);
      float[] gradient = loss.apply(raw).gradient();
      double along = 0;
      double size = 0;
      for (int i = 0; i < raw.length; i++) {
        along += (double) gradient[i] * direction[i];
        size += (double) gradient[i] * gradient[i];
      }
      double step = 4e-3;
      double up = loss.apply(moved(raw, direction, step)).loss();
      double down = loss.apply(moved(raw, direction, -step)).loss();
      // a direction is about √(rows · dimension) long
      double scale = Math.max(1e-3, Math.sqrt(size * rows * dimension));
      assertThat((up - down) / (2 * step) / scale)
          .as("seed %d, direction %d", seed, trial)
          .isCloseTo(along / scale, within(5e-3));
    }
  }

  private static float[] moved(float[] raw, float[] direction, double step) {
    float[] moved = raw.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (step * direction[i]);
    }
    return moved;
  }
}
