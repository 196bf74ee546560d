package io.bagpipe.model.engine;

import io.bagpipe.model.engine.Nd4jKernels.Permuted;
import io.bagpipe.model.network.Operation.BatchNorm;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Batch norm from its definition, the ReLU after it included where there is one. */
final class Nd4jBatchNorm extends Nd4jKernel {
  private final BatchNorm op;
  private final boolean relu;
  private final INDArray runningMean;
  private final INDArray runningVariance;
  private final INDArray mean;
  private final INDArray inverseDeviation;

  Nd4jBatchNorm(BatchNorm op, boolean relu) {
    this.op = op;
    this.relu = relu;
    this.runningMean = Nd4j.create(DataType.FLOAT, op.channels());
    this.runningVariance = Nd4j.create(DataType.FLOAT, op.channels());
    this.mean = Nd4j.create(DataType.FLOAT, op.channels());
    this.inverseDeviation = Nd4j.create(DataType.FLOAT, op.channels());
  }

  @Override
  List<StoredParameter> parameters() {
    return List.of(Permuted.plain(op.channels()), Permuted.plain(op.channels()));
  }

  @Override
  InputGradient inputGradient(int input) {
    return InputGradient.IN_PLACE;
  }

  @Override
  boolean needsOutput() {
    return relu;
  }

  @Override
  void forward(boolean training) {
    INDArray input = rows(buffers().input());
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
            .muliRowVector(buffers().parameters().get(0))
            .addiRowVector(buffers().parameters().get(1));
    rows(buffers().output()).assign(relu ? output.muli(positive(output)) : output);
  }

  private void follow(INDArray batch, float factor, INDArray running) {
    running.muli(1 - op.momentum()).addi(batch.mul(op.momentum() * factor));
  }

  private INDArray normalised(INDArray input) {
    return input.subRowVector(mean).muliRowVector(inverseDeviation);
  }

  @Override
  void backward() {
    INDArray gradient = rows(buffers().outputGradient());
    if (relu) {
      gradient = gradient.mul(positive(rows(buffers().output())));
    }
    INDArray normalised = normalised(rows(buffers().input()));
    INDArray shift = gradient.sum(0);
    INDArray scale = gradient.mul(normalised).sum(0);
    buffers().gradients().get(0).assign(scale);
    buffers().gradients().get(1).assign(shift);
    float count = gradient.rows();
    INDArray input =
        gradient
            .subRowVector(shift.divi(count))
            .subi(normalised.muliRowVector(scale.divi(count)))
            .muliRowVector(buffers().parameters().get(0).mul(inverseDeviation));
    rows(inputGradientBuffer(0)).assign(input);
  }

  @Override
  List<INDArray> runningStatistics() {
    return List.of(runningMean, runningVariance);
  }
}
