package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fully connected layers; weights [out, in]. */
final class Nd4jLinear implements Kernel {
  private final Permuted weights;
  private final Buffers buffers;

  Nd4jLinear(Permuted weights, Buffers buffers) {
    this.weights = weights;
    this.buffers = buffers;
  }

  private INDArray matrix() {
    return weights.shaped(buffers.parameters().get(0));
  }

  @Override
  public void forward(boolean training) {
    INDArray product = Nd4jArrays.rows(buffers.input()).mmul(matrix().transpose());
    Nd4jArrays.rows(buffers.output()).assign(product.addiRowVector(buffers.parameters().get(1)));
  }

  @Override
  public void backward() {
    INDArray gradient = Nd4jArrays.rows(buffers.outputGradient());
    weights
        .shaped(buffers.gradients().get(0))
        .assign(gradient.transpose().mmul(Nd4jArrays.rows(buffers.input())));
    buffers.gradients().get(1).assign(gradient.sum(0));
    Nd4jArrays.rows(buffers.inputGradient(0)).assign(gradient.mmul(matrix()));
  }
}
