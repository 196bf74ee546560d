package io.bagpipe.model.engine;

import io.bagpipe.model.network.Operation.MaxPool;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Max pooling. */
final class Nd4jMaxPool extends Nd4jKernel {
  private static final int NHWC = 1;
  private static final int EXPLICIT_PADDING = 0;

  private final MaxPool op;

  Nd4jMaxPool(MaxPool op) {
    this.op = op;
  }

  private void run(String name, INDArray output, INDArray... inputs) {
    Nd4j.exec(
        DynamicCustomOp.builder(name)
            .addInputs(inputs)
            .addOutputs(output)
            .addIntegerArguments(
                op.kernel(),
                op.kernel(),
                op.stride(),
                op.stride(),
                op.padding(),
                op.padding(),
                1,
                1,
                EXPLICIT_PADDING,
                1,
                NHWC)
            .build());
  }

  @Override
  void forward(boolean training) {
    run("maxpool2d", buffers().output(), buffers().input());
  }

  @Override
  void backward() {
    run("maxpool2d_bp", inputGradientBuffer(0), buffers().input(), buffers().outputGradient());
  }
}
