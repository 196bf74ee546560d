package io.bagpipe.model.nativelib;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.time.Duration;
import java.util.Arrays;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What this machine can do at best in float32, by which a convolution's speed is to be judged: the
 * fastest product of two 512 x 512 matrices, which stay in the cache, on all threads, the second in
 * the layout that oneDNN likes best. Products that do not count come first, for as long as {@link
 * #WARM_UP}: a core takes that long to get to its clock for wide vectors, and threads to be
 * started. Other work on the machine lowers the figure; it is the best of many for that reason.
 */
public final class MatrixSpeed {
  private static final int SIDE = 512;
  private static final float LEFT = 1.5f;
  private static final float RIGHT = -0.25f;

  /** How long products run before they count. */
  public static final Duration WARM_UP = Duration.ofMillis(200);

  /** How long to measure where nobody says otherwise. */
  public static final Duration USUAL = Duration.ofMillis(500);

  private MatrixSpeed() {}

  /**
   * GFLOP/s of the best product within a time (one at least), after the warm-up. Runs on the
   * calling thread and closes what it takes.
   *
   * @throws IllegalStateException if the product is wrong
   */
  public static double gigaflops(Duration length) {
    try (OneDnn oneDnn = new OneDnn()) {
      memory.desc square = oneDnn.desc(memory.format_tag.ab, SIDE, SIDE);
      memory.desc any = oneDnn.desc(memory.format_tag.any, SIDE, SIDE);
      var desc = oneDnn.own(new matmul.primitive_desc(oneDnn.engine(), square, any, square));
      memory left = oneDnn.allocate(square);
      memory right = oneDnn.allocate(square);
      memory weights = oneDnn.allocate(oneDnn.own(desc.weights_desc()));
      memory result = oneDnn.allocate(square);
      fill(left, LEFT);
      fill(right, RIGHT);
      oneDnn.copy(right, weights);
      OneDnn.Step product =
          oneDnn
              .step("matrix product", 0, new matmul(desc))
              .with(DNNL_ARG_SRC, left)
              .with(DNNL_ARG_WEIGHTS, weights)
              .with(DNNL_ARG_DST, result);
      best(product, WARM_UP);
      long nanos = best(product, length);
      float found = values(result).get(0);
      if (found != LEFT * RIGHT * SIDE) {
        throw new IllegalStateException("oneDNN multiplies wrongly: " + found);
      }
      return 2.0 * SIDE * SIDE * SIDE / nanos;
    }
  }

  private static long best(OneDnn.Step product, Duration length) {
    long best = Long.MAX_VALUE;
    long end = System.nanoTime() + length.toNanos();
    do {
      long start = System.nanoTime();
      product.run();
      best = Math.min(best, System.nanoTime() - start);
    } while (System.nanoTime() - end < 0);
    return best;
  }

  private static void fill(memory square, float value) {
    float[] values = new float[SIDE * SIDE];
    Arrays.fill(values, value);
    values(square).put(values);
  }

  private static FloatPointer values(memory square) {
    return new FloatPointer(square.get_data_handle()).capacity((long) SIDE * SIDE);
  }
}
