package io.bagpipe.model.engine;

import io.bagpipe.model.engine.Nd4jKernels.Permuted;
import io.bagpipe.model.network.Operation.Linear;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fully connected layers; weights [out, in]. */
final class Nd4jLinear extends Nd4jKernel {
  private final Permuted weights;
  private final Permuted bias;

  Nd4jLinear(Linear op) {
    this.weights = Permuted.plain(op.out(), op.in());
    this.bias = Permuted.plain(op.out());
  }

  @Override
  List<StoredParameter> parameters() {
    return List.of(weights, bias);
  }

  private INDArray matrix() {
    return weights.shaped(buffers().parameters().get(0));
  }

  @Override
  void forward(boolean training) {
    INDArray product = rows(buffers().input()).mmul(matrix().transpose());
    rows(buffers().output()).assign(product.addiRowVector(buffers().parameters().get(1)));
  }

  @Override
  void backward() {
    INDArray gradient = rows(buffers().outputGradient());
    weights
        .shaped(buffers().gradients().get(0))
        .assign(gradient.transpose().mmul(rows(buffers().input())));
    buffers().gradients().get(1).assign(gradient.sum(0));
    rows(inputGradientBuffer(0)).assign(gradient.mmul(matrix()));
  }
}
