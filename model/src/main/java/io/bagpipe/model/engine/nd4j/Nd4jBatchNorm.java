package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.network.Operation.BatchNorm;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Batch norm from its definition, the ReLU after it included where there is one. */
final class Nd4jBatchNorm implements Kernel {
  private final BatchNorm op;
  private final boolean relu;
  private final INDArray runningMean;
  private final INDArray runningVariance;
  private final INDArray mean;
  private final INDArray inverseDeviation;
  private final Buffers buffers;

  /**
   * @param mean [channels], for the kernel's own use; stays its maker's
   * @param inverseDeviation the same
   */
  Nd4jBatchNorm(
      BatchNorm op, boolean relu, Buffers buffers, INDArray mean, INDArray inverseDeviation) {
    this.op = op;
    this.relu = relu;
    this.buffers = buffers;
    this.runningMean = buffers.statistics().get(0);
    this.runningVariance = buffers.statistics().get(1);
    this.mean = mean;
    this.inverseDeviation = inverseDeviation;
  }

  @Override
  public void forward(boolean training) {
    INDArray input = Nd4jArrays.rows(buffers.input());
    INDArray variance = runningVariance;
    mean.assign(runningMean);
    if (training) {
      mean.assign(input.mean(0));
      INDArray centred = input.subRowVector(mean);
      variance = centred.muli(centred).mean(0);
      float unbias = input.rows() > 1 ? input.rows() / (input.rows() - 1f) : 1;
      follow(mean, 1, runningMean);
      follow(variance, unbias, runningVariance);
    }
    inverseDeviation.assign(Transforms.sqrt(variance.add(op.epsilon())).rdivi(1));
    INDArray output =
        normalised(input)
            .muliRowVector(buffers.parameters().get(0))
            .addiRowVector(buffers.parameters().get(1));
    Nd4jArrays.rows(buffers.output())
        .assign(relu ? output.muli(Nd4jArrays.positive(output)) : output);
  }

  private void follow(INDArray batch, float factor, INDArray running) {
    running.muli(1 - op.momentum()).addi(batch.mul(op.momentum() * factor));
  }

  private INDArray normalised(INDArray input) {
    return input.subRowVector(mean).muliRowVector(inverseDeviation);
  }

  @Override
  public void backward() {
    INDArray gradient = Nd4jArrays.rows(buffers.outputGradient());
    if (relu) {
      gradient = gradient.mul(Nd4jArrays.positive(Nd4jArrays.rows(buffers.output())));
    }
    INDArray normalised = normalised(Nd4jArrays.rows(buffers.input()));
    INDArray shift = gradient.sum(0);
    INDArray scale = gradient.mul(normalised).sum(0);
    buffers.gradients().get(0).assign(scale);
    buffers.gradients().get(1).assign(shift);
    float count = gradient.rows();
    INDArray input =
        gradient
            .subRowVector(shift.divi(count))
            .subi(normalised.muliRowVector(scale.divi(count)))
            .muliRowVector(buffers.parameters().get(0).mul(inverseDeviation));
    Nd4jArrays.rows(buffers.inputGradient(0)).assign(input);
  }
}
