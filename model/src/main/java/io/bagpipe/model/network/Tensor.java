package io.bagpipe.model.network;

import java.util.Arrays;

/**
 * A named array in the layout PyTorch gives it: convolution weights [out, in / groups, height,
 * width], linear weights [out, in], everything else one-dimensional or scalar; C order.
 */
public record Tensor(String name, int[] shape, float[] data) {
  public Tensor {
    int elements = 1;
    for (int extent : shape) {
      elements = Math.multiplyExact(elements, extent);
    }
    if (elements != data.length) {
      throw new IllegalArgumentException(
          name + ": shape " + Arrays.toString(shape) + " does not hold " + data.length + " values");
    }
  }
}
