package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.network.Operation.Convolution;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Dense and depthwise convolutions; weights [height, width, in, out]. */
final class Nd4jConvolution implements Kernel {
  private static final int NHWC = 1;
  private static final int EXPLICIT_PADDING = 0;
  private static final int HEIGHT_WIDTH_IN_OUT = 0;

  private final Convolution op;
  private final Permuted weights;
  private final Buffers buffers;
  private final INDArray inputGradient;

  /**
   * @param inputGradient the input's gradient: ND4J computes it even where nobody wants it
   */
  Nd4jConvolution(Convolution op, Permuted weights, Buffers buffers, INDArray inputGradient) {
    this.op = op;
    this.weights = weights;
    this.buffers = buffers;
    this.inputGradient = inputGradient;
  }

  /** How the weights lie: [height, width, in, out]. */
  static Permuted weights(Convolution op) {
    if (isDepthwise(op) && (op.groups() != op.in() || op.in() != op.out())) {
      throw new IllegalArgumentException(
          op.groups() + " groups of " + op.in() + " channels: ND4J convolves all or each alone");
    }
    long[] shape = {op.out(), op.in() / op.groups(), op.kernel(), op.kernel()};
    return new Permuted(shape, isDepthwise(op) ? new int[] {2, 3, 0, 1} : new int[] {2, 3, 1, 0});
  }

  private static boolean isDepthwise(Convolution op) {
    return op.groups() > 1;
  }

  private INDArray[] inputs(INDArray... more) {
    List<INDArray> inputs = new ArrayList<>();
    inputs.add(buffers.input());
    inputs.add(weights.shaped(buffers.parameters().get(0)));
    if (op.bias()) {
      inputs.add(buffers.parameters().get(1));
    }
    inputs.addAll(List.of(more));
    return inputs.toArray(INDArray[]::new);
  }

  private void run(String pass, INDArray[] inputs, INDArray... outputs) {
    Nd4j.exec(
        DynamicCustomOp.builder((isDepthwise(op) ? "depthwise_conv2d" : "conv2d") + pass)
            .addInputs(inputs)
            .addOutputs(outputs)
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
                NHWC,
                HEIGHT_WIDTH_IN_OUT)
            .build());
  }

  @Override
  public void forward(boolean training) {
    run("", inputs(), buffers.output());
  }

  @Override
  public void backward() {
    List<INDArray> outputs = new ArrayList<>();
    outputs.add(inputGradient);
    outputs.add(weights.shaped(buffers.gradients().get(0)));
    if (op.bias()) {
      outputs.add(buffers.gradients().get(1));
    }
    run("_bp", inputs(buffers.outputGradient()), outputs.toArray(INDArray[]::new));
  }
}
