package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.network.Operation.Activation.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Functions of each value alone, from their definitions. */
final class Nd4jActivation implements Kernel {
  private final Function function;
  private final Buffers buffers;

  Nd4jActivation(Function function, Buffers buffers) {
    this.function = function;
    this.buffers = buffers;
  }

  @Override
  public void forward(boolean training) {
    INDArray x = buffers.input();
    buffers
        .output()
        .assign(
            switch (function) {
              case RELU -> x.mul(Nd4jArrays.positive(x));
              case SIGMOID -> Transforms.sigmoid(x, true);
              case SILU -> Transforms.sigmoid(x, true).muli(x);
              case HARD_SIGMOID -> hardSigmoid(x);
              case HARD_SWISH -> hardSigmoid(x).muli(x);
            });
  }

  @Override
  public void backward() {
    INDArray x = buffers.input();
    INDArray slope =
        switch (function) {
          case RELU -> Nd4jArrays.positive(x);
          case SIGMOID -> sigmoidSlope(x);
          case SILU -> sigmoidSlope(x).muli(x).addi(Transforms.sigmoid(x, true));
          case HARD_SIGMOID -> hardSigmoidSlope(x);
          case HARD_SWISH -> hardSigmoidSlope(x).muli(x).addi(hardSigmoid(x));
        };
    buffers.inputGradient(0).assign(slope.muli(buffers.outputGradient()));
  }

  private static INDArray sigmoidSlope(INDArray x) {
    INDArray sigmoid = Transforms.sigmoid(x, true);
    return sigmoid.rsub(1).muli(sigmoid);
  }

  private static INDArray hardSigmoid(INDArray x) {
    INDArray line = x.div(6).addi(0.5);
    return Transforms.min(Transforms.max(line, 0, false), 1, false);
  }

  private static INDArray hardSigmoidSlope(INDArray x) {
    return Nd4jArrays.positive(x.add(3)).muli(Nd4jArrays.positive(x.rsub(3))).divi(6);
  }
}
