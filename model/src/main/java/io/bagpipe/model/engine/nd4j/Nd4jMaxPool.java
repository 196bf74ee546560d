package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.network.Operation.MaxPool;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Max pooling. */
final class Nd4jMaxPool implements Kernel {
  private static final int NHWC = 1;
  private static final int EXPLICIT_PADDING = 0;

  private final MaxPool op;
  private final Buffers buffers;

  Nd4jMaxPool(MaxPool op, Buffers buffers) {
    this.buffers = buffers;
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
  public void forward(boolean training) {
    run("maxpool2d", buffers.output(), buffers.input());
  }

  @Override
  public void backward() {
    run("maxpool2d_bp", buffers.inputGradient(0), buffers.input(), buffers.outputGradient());
  }
}
