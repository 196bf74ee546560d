package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Squeeze and excitation's product of activations and a gate per image and channel. */
final class Nd4jScaleChannels implements Kernel {
  private final Buffers buffers;

  Nd4jScaleChannels(Buffers buffers) {
    this.buffers = buffers;
  }

  @Override
  public void forward(boolean training) {
    buffers.output().assign(buffers.inputs().get(0).mul(buffers.inputs().get(1)));
  }

  @Override
  public void backward() {
    INDArray gradient = buffers.outputGradient();
    INDArray gate = gradient.mul(buffers.inputs().get(0)).sum(true, 1, 2);
    buffers.inputGradient(0).assign(gradient.mul(buffers.inputs().get(1)));
    buffers.inputGradient(1).assign(gate);
  }
}
