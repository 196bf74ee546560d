package io.bagpipe.model.network;

import io.bagpipe.model.random.Draw;
import java.util.Arrays;

/** How a parameter starts; the same draw gives the same bits on any machine. */
public sealed interface Initialisation {

  /** Fills {@code values} with fresh draws. */
  void fill(float[] values, Draw draw);

  /** Every value the same. */
  record Constant(float value) implements Initialisation {
    @Override
    public void fill(float[] values, Draw draw) {
      Arrays.fill(values, value);
    }
  }

  /** Normal around zero. */
  record Normal(double deviation) implements Initialisation {
    /** Box and Muller's pairs in StrictMath: the JDK does not fix how nextGaussian draws. */
    @Override
    public void fill(float[] values, Draw draw) {
      for (int i = 0; i < values.length; i += 2) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - draw.nextDouble())) * deviation;
        double angle = 2 * StrictMath.PI * draw.nextDouble();
        values[i] = (float) (radius * StrictMath.cos(angle));
        if (i + 1 < values.length) {
          values[i + 1] = (float) (radius * StrictMath.sin(angle));
        }
      }
    }
  }

  /** Uniform in [-bound, bound). */
  record Uniform(double bound) implements Initialisation {
    @Override
    public void fill(float[] values, Draw draw) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((2 * draw.nextDouble() - 1) * bound);
      }
    }
  }
}
