package io.bagpipe.model.engine;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What kernels on ND4J's operations share. */
abstract class Nd4jKernel extends Kernel {
  private @Nullable Buffers buffers;

  @Override
  void bind(Buffers bound) {
    buffers = bound;
  }

  final Buffers buffers() {
    return Bound.of(buffers);
  }

  final INDArray inputGradientBuffer(int input) {
    return Bound.of(buffers().inputGradients()[input]);
  }

  /** [batch, height, width, channels] as [batch · height · width, channels]; the same memory. */
  static INDArray rows(INDArray images) {
    long channels = images.size(-1);
    return images.reshape('c', images.length() / channels, channels);
  }

  /** One where a value is above zero, zero elsewhere. */
  static INDArray positive(INDArray values) {
    return values.gt(0).castTo(values.dataType());
  }
}
