package io.bagpipe.model.engine.torch;

import static org.bytedeco.pytorch.global.torch.mm;

import io.bagpipe.model.engine.Device;
import java.time.Duration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What libtorch does at best on a device, which also shows that it can compute there at all: the
 * fastest of many products of two square matrices, 4,096 x 4,096 on a GPU and 512 x 512 on a CPU.
 */
public final class TorchSpeed {
  private static final int GPU_SIDE = 4096;
  private static final int CPU_SIDE = 512;

  /** Products between two waits for a GPU, so that the wait is little of them. */
  private static final int GPU_PRODUCTS = 10;

  private static final Duration WARM_UP = Duration.ofMillis(200);

  private TorchSpeed() {}

  /**
   * GFLOP/s of the best products within a time, after a warm-up. Loads libtorch; runs on the
   * calling thread and keeps nothing.
   *
   * @param device {@code cpu}, or {@code cuda} with a number
   * @param precision bf16 multiplies bfloat16 matrices, the others float32 ones
   * @throws IllegalStateException in one line, if libtorch cannot be loaded or the product is wrong
   * @throws IllegalArgumentException in one line, if libtorch sees no such device
   * @throws OutOfMemoryError in one line, if the device's memory does not suffice
   */
  @SuppressWarnings("try") // the claim works by being open
  public static double gigaflops(Device device, Precision precision, Duration length) {
    try (TorchProcess claim = TorchProcess.claim(device, precision, "doctor");
        TorchDevice place = new TorchDevice(device, "something else has taken it")) {
      int side = place.isCuda() ? GPU_SIDE : CPU_SIDE;
      int products = place.isCuda() ? GPU_PRODUCTS : 1;
      ScalarType type = precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
      return place.scoped(
          () -> {
            Tensor ones = place.zeroed(side, side).add(new Scalar(1)).to(type);
            check(ones, side);
            best(place, ones, products, WARM_UP);
            long nanos = best(place, ones, products, length);
            return 2.0 * side * side * side * products / nanos;
          });
    }
  }

  private static void check(Tensor ones, int side) {
    float[] found = new float[1];
    TorchDevice.read(mm(ones, ones).flatten().narrow(0, 0, 1).to(ScalarType.Float), found, 0, 1);
    if (found[0] != side) {
      throw new IllegalStateException("libtorch multiplies wrongly: " + found[0]);
    }
  }

  @SuppressWarnings("try") // the scope works by being open
  private static long best(TorchDevice place, Tensor ones, int products, Duration length) {
    long best = Long.MAX_VALUE;
    long end = System.nanoTime() + length.toNanos();
    do {
      long start = System.nanoTime();
      try (PointerScope scope = new PointerScope()) {
        for (int i = 0; i < products; i++) {
          mm(ones, ones);
        }
        place.await();
      }
      best = Math.min(best, System.nanoTime() - start);
    } while (System.nanoTime() - end < 0);
    return best;
  }
}
