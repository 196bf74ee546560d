package io.bagpipe.model.engine;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What this CPU can do at best in float32: a matrix product that stays in the cache, its weights in
 * the layout that oneDNN likes best, by which a convolution's speed is to be judged.
 */
public final class MatrixProductLimit {
  private static final int SIZE = 512;
  private static final int TRIES = 200;

  private MatrixProductLimit() {}

  /** The best of a few products, in 10^9 operations a second; takes about a quarter of a second. */
  public static double measureGigaflops() {
    try (OneDnn oneDnn = new OneDnn(new StepProfile())) {
      memory.desc square = oneDnn.desc(memory.format_tag.ab, SIZE, SIZE);
      memory.desc any = oneDnn.desc(memory.format_tag.any, SIZE, SIZE);
      var desc = oneDnn.own(new matmul.primitive_desc(oneDnn.engine(), square, any, square));
      memory weights = oneDnn.allocate(oneDnn.own(desc.weights_desc()));
      OneDnn.Step step =
          oneDnn
              .step("matrix product", 0, new matmul(desc))
              .with(DNNL_ARG_SRC, values(oneDnn.allocate(square)))
              .with(DNNL_ARG_WEIGHTS, weights)
              .with(DNNL_ARG_DST, oneDnn.allocate(square));
      oneDnn.copy(values(oneDnn.allocate(square)), weights);
      long best = Long.MAX_VALUE;
      for (int i = 0; i < TRIES; i++) {
        long start = System.nanoTime();
        step.run();
        best = Math.min(best, System.nanoTime() - start);
      }
      return 2.0 * SIZE * SIZE * SIZE / best;
    }
  }

  private static memory values(memory square) {
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 13 / 13f - 0.5f;
    }
    new FloatPointer(square.get_data_handle()).capacity(values.length).put(values);
    return square;
  }
}
