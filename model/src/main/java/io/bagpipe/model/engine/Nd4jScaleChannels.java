package io.bagpipe.model.engine;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Squeeze and excitation's product of activations and a gate per image and channel. */
final class Nd4jScaleChannels extends Nd4jKernel {
  @Override
  void forward(boolean training) {
    buffers().output().assign(buffers().inputs().get(0).mul(buffers().inputs().get(1)));
  }

  @Override
  void backward() {
    INDArray gradient = buffers().outputGradient();
    INDArray gate = gradient.mul(buffers().inputs().get(0)).sum(true, 1, 2);
    inputGradientBuffer(0).assign(gradient.mul(buffers().inputs().get(1)));
    inputGradientBuffer(1).assign(gate);
  }
}
