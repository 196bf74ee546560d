package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The residual sum, the ReLU after it included where there is one. */
final class Nd4jAdd implements Kernel {
  private final boolean relu;
  private final Buffers buffers;

  Nd4jAdd(boolean relu, Buffers buffers) {
    this.relu = relu;
    this.buffers = buffers;
  }

  @Override
  public void forward(boolean training) {
    INDArray sum = buffers.inputs().get(0).add(buffers.inputs().get(1));
    buffers.output().assign(relu ? sum.muli(Nd4jArrays.positive(sum)) : sum);
  }

  @Override
  public void backward() {
    if (relu) {
      INDArray slope = Nd4jArrays.positive(buffers.output());
      buffers.inputGradient(0).assign(slope.muli(buffers.outputGradient()));
    }
  }
}
