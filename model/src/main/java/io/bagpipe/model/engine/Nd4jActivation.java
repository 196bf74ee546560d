package io.bagpipe.model.engine;

import io.bagpipe.model.network.Operation.Activation.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Functions of each value alone, from their definitions. */
final class Nd4jActivation extends Nd4jKernel {
  private final Function function;

  Nd4jActivation(Function function) {
    this.function = function;
  }

  @Override
  InputGradient inputGradient(int input) {
    return InputGradient.IN_PLACE;
  }

  @Override
  void forward(boolean training) {
    INDArray x = buffers().input();
    buffers()
        .output()
        .assign(
            switch (function) {
              case RELU -> x.mul(positive(x));
              case SIGMOID -> Transforms.sigmoid(x, true);
              case SILU -> Transforms.sigmoid(x, true).muli(x);
              case HARD_SIGMOID -> hardSigmoid(x);
              case HARD_SWISH -> hardSigmoid(x).muli(x);
            });
  }

  @Override
  void backward() {
    INDArray x = buffers().input();
    INDArray slope =
        switch (function) {
          case RELU -> positive(x);
          case SIGMOID -> sigmoidSlope(x);
          case SILU -> sigmoidSlope(x).muli(x).addi(Transforms.sigmoid(x, true));
          case HARD_SIGMOID -> hardSigmoidSlope(x);
          case HARD_SWISH -> hardSigmoidSlope(x).muli(x).addi(hardSigmoid(x));
        };
    inputGradientBuffer(0).assign(slope.muli(buffers().outputGradient()));
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
    return positive(x.add(3)).muli(positive(x.rsub(3))).divi(6);
  }
}
