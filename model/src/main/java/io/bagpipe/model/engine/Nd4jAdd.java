package io.bagpipe.model.engine;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The residual sum, the ReLU after it included where there is one. */
final class Nd4jAdd extends Nd4jKernel {
  private final boolean relu;

  Nd4jAdd(boolean relu) {
    this.relu = relu;
  }

  @Override
  InputGradient inputGradient(int input) {
    return relu ? InputGradient.IN_PLACE : InputGradient.SAME;
  }

  @Override
  boolean needsOutput() {
    return relu;
  }

  @Override
  void forward(boolean training) {
    INDArray sum = buffers().inputs().get(0).add(buffers().inputs().get(1));
    buffers().output().assign(relu ? sum.muli(positive(sum)) : sum);
  }

  @Override
  void backward() {
    if (relu) {
      INDArray slope = positive(buffers().output());
      inputGradientBuffer(0).assign(slope.muli(buffers().outputGradient()));
    }
  }
}
