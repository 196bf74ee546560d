package io.bagpipe.model.engine;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What this CPU can do at best in float32: a large matrix product, by which a convolution's speed
 * is to be judged.
 */
public final class MatrixProductLimit {
  private static final int SIZE = 1536;
  private static final int TRIES = 8;

  private MatrixProductLimit() {}

  /** The best of a few products, in 10^9 operations a second; takes about half a second. */
  public static double measureGigaflops() {
    NativeLibraries.prepare();
    try (OneDnn oneDnn = new OneDnn(new StepProfile());
        INDArray left = Nd4j.rand(DataType.FLOAT, SIZE, SIZE);
        INDArray right = Nd4j.rand(DataType.FLOAT, SIZE, SIZE);
        INDArray product = Nd4j.create(DataType.FLOAT, SIZE, SIZE)) {
      memory.desc square = oneDnn.desc(memory.format_tag.ab, SIZE, SIZE);
      var desc = oneDnn.own(new matmul.primitive_desc(oneDnn.engine(), square, square, square));
      OneDnn.Step step =
          oneDnn
              .step("matrix product", 0, new matmul(desc))
              .with(DNNL_ARG_SRC, oneDnn.on(square, left))
              .with(DNNL_ARG_WEIGHTS, oneDnn.on(square, right))
              .with(DNNL_ARG_DST, oneDnn.on(square, product));
      long best = Long.MAX_VALUE;
      for (int i = 0; i < TRIES; i++) {
        long start = System.nanoTime();
        step.run();
        best = Math.min(best, System.nanoTime() - start);
      }
      return 2.0 * SIZE * SIZE * SIZE / best;
    }
  }
}
