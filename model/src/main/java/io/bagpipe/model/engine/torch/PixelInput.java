package io.bagpipe.model.engine.torch;

import static io.bagpipe.model.engine.torch.TorchDevice.keep;

import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.NetworkSpec;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The way of a batch's pixels to the device: uint8 from the caller's array into one staging buffer
 * (pinned for a GPU, whose copy then runs beside whatever it still computes), normalised there. The
 * buffer is free again once a result of the batch has been read.
 */
public final class PixelInput implements AutoCloseable {
  private static final int CHANNELS = NetworkSpec.INPUT_CHANNELS;

  private final TorchDevice device;
  private final int image;
  private final Tensor staged;
  private final Tensor levels;
  private final Tensor mean;
  private final Tensor deviation;

  /** For batches of {@code batch} images of side {@code size}; wants a scope around it. */
  public PixelInput(int size, int batch, PixelNormalizer pixels, TorchDevice device) {
    this.device = device;
    this.image = size * size * CHANNELS;
    this.staged = keep(device.staging(batch, size, size, CHANNELS));
    staged.zero_();
    // tensors, all three: dividing by a plain number, CUDA multiplies by its reciprocal
    this.levels = colours(255, 255, 255);
    this.mean = colours(pixels.mean());
    this.deviation = colours(pixels.std());
  }

  private Tensor colours(float... values) {
    return keep(device.sent(values, CHANNELS).to(ScalarType.Double));
  }

  /**
   * [batch, 3, size, size] float32, channels last, the values of {@link PixelNormalizer}: in
   * float64, rounded once. Images beyond {@code count} are old ones. Wants a scope around it.
   */
  public Tensor normalised(byte[] pixels, int from, int count) {
    if (pixels.length < (long) (from + count) * image) {
      throw new IllegalArgumentException(
          "pixels of " + pixels.length + " bytes for " + (from + count) + " images of " + image);
    }
    TorchDevice.write(pixels, from * image, count * image, staged);
    Tensor exact = device.sent(staged).to(ScalarType.Double);
    Tensor normalised = exact.div_(levels).sub_(mean).div_(deviation).to(ScalarType.Float);
    exact.close();
    return normalised.permute(0, 3, 1, 2);
  }

  @Override
  public void close() {
    deviation.close();
    mean.close();
    levels.close();
    staged.close();
  }
}
