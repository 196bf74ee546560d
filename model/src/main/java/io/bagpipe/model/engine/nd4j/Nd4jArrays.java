package io.bagpipe.model.engine.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Views and masks that several kernels take. */
final class Nd4jArrays {
  private Nd4jArrays() {}

  /** [batch, height, width, channels] as [batch · height · width, channels]; the same memory. */
  static INDArray rows(INDArray images) {
    long channels = images.size(-1);
    return images.reshape('c', images.length() / channels, channels);
  }

  /** One where a value is above zero, zero elsewhere; a new array. */
  static INDArray positive(INDArray values) {
    return values.gt(0).castTo(values.dataType());
  }
}
