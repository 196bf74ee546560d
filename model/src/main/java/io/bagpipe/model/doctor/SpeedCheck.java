package io.bagpipe.model.doctor;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.time.Duration;
import java.util.Arrays;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * How fast this machine multiplies matrices through oneDNN, which is what a training step mostly
 * does: float32, square, on all threads. Runs on the calling thread and closes what it takes.
 */
public final class SpeedCheck {
  private static final int SIDE = 1024;

  private SpeedCheck() {}

  /** GFLOP/s of the best product within a time (one at least, after one that does not count). */
  public static double gigaflops(Duration length) {
    try (engine cpu = new engine(engine.kind.cpu, 0);
        stream queue = new stream(cpu);
        memory.desc square =
            new memory.desc(new long[] {SIDE, SIDE}, memory.data_type.f32, memory.format_tag.ab);
        matmul.primitive_desc plan = new matmul.primitive_desc(cpu, square, square, square);
        matmul product = new matmul(plan);
        FloatPointer left = filled(1.5f);
        FloatPointer right = filled(-0.25f);
        FloatPointer result = filled(0);
        memory source = new memory(square, cpu, left);
        memory weights = new memory(square, cpu, right);
        memory destination = new memory(square, cpu, result);
        IntMemoryMap arguments = new IntMemoryMap()) {
      arguments.put(DNNL_ARG_SRC, source);
      arguments.put(DNNL_ARG_WEIGHTS, weights);
      arguments.put(DNNL_ARG_DST, destination);
      product.execute(queue, arguments);
      queue._wait();
      long best = Long.MAX_VALUE;
      long end = System.nanoTime() + length.toNanos();
      do {
        long start = System.nanoTime();
        product.execute(queue, arguments);
        queue._wait();
        best = Math.min(best, System.nanoTime() - start);
      } while (System.nanoTime() < end);
      if (result.get(0) != 1.5f * -0.25f * SIDE) {
        throw new IllegalStateException("oneDNN multiplies wrongly: " + result.get(0));
      }
      return 2.0 * SIDE * SIDE * SIDE / best;
    }
  }

  private static FloatPointer filled(float value) {
    float[] values = new float[SIDE * SIDE];
    Arrays.fill(values, value);
    return new FloatPointer(values);
  }
}
