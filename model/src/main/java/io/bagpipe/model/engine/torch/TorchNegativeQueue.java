package io.bagpipe.model.engine.torch;

import static io.bagpipe.model.engine.torch.TorchDevice.keep;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.RowRing;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The queue of negatives on the engine's device, [capacity, dimension] float32, its product with
 * rows and that product's gradient taken there; only the rows' sums come back. In float32 whatever
 * the network's precision, unless that is tf32.
 */
final class TorchNegativeQueue extends RowRing {
  /** Values of a product that are held at once, on a GPU and on a CPU, whose caches are small. */
  private static final int CUDA_VALUES = 1 << 25;

  private static final int CPU_VALUES = 1 << 20;

  private final TorchDevice device;
  private final Tensor rows;

  TorchNegativeQueue(int capacity, int dimension, long seed, TorchDevice device) {
    super(capacity, dimension);
    this.device = device;
    this.rows = device.scoped(() -> keep(device.zeroed(capacity, dimension)));
    fill(seed);
  }

  @Override
  protected Attention product(float[] unitRows, int batch, float temperature) {
    return device.scoped(
        () -> {
          Tensor unit = device.sent(unitRows, batch, dimension());
          Tensor sums = device.zeroed(batch);
          Tensor vectors = device.zeroed(batch, dimension());
          int most = Math.max(1, (device.isCuda() ? CUDA_VALUES : CPU_VALUES) / batch);
          for (int from = 0; from < capacity(); from += most) {
            Tensor part = rows.narrow(0, from, Math.min(most, capacity() - from));
            // exp((r·n - 1) / T), in place
            Tensor weights = unit.mm(part.t());
            weights.sub_(new Scalar(1f)).mul_(new Scalar(1 / temperature)).exp_();
            sums.add_(weights.sum(1));
            vectors.addmm_(weights, part);
            weights.close();
          }
          float[] sum = new float[batch];
          float[] vector = new float[batch * dimension()];
          TorchDevice.read(sums, sum, 0, sum.length);
          TorchDevice.read(vectors, vector, 0, vector.length);
          return new Attention(sum, vector);
        });
  }

  @Override
  protected void read(float[] into) {
    device.scoped(() -> TorchDevice.read(rows, into, 0, into.length));
  }

  @Override
  protected void write(int row, float[] source, int sourceRow, int count) {
    int from = sourceRow * dimension();
    float[] part = new float[count * dimension()];
    System.arraycopy(source, from, part, 0, part.length);
    device.scoped(() -> rows.narrow(0, row, count).copy_(device.sent(part, count, dimension())));
  }

  @Override
  public void close() {
    rows.close();
  }
}
