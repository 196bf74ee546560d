package io.bagpipe.model.engine;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Shape;
import java.util.List;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batch norm, the ReLU after it included where there is one. */
final class OneDnnBatchNorm extends Kernel {
  private final OneDnn oneDnn;
  private final BatchNorm operation;
  private final String kind;
  private final long reduced;
  private final memory.desc images;
  private final memory.desc channels;
  private final batch_normalization_forward.primitive_desc trainingDesc;
  private final batch_normalization_forward.primitive_desc evaluationDesc;
  private final batch_normalization_backward.primitive_desc backwardDesc;
  private final boolean relu;
  private final INDArray runningMean;
  private final INDArray runningVariance;
  private final INDArray batchMean;
  private final INDArray batchVariance;
  private OneDnn.@Nullable Step training;
  private OneDnn.@Nullable Step evaluation;
  private OneDnn.@Nullable Step backward;

  OneDnnBatchNorm(OneDnn oneDnn, int batch, BatchNorm operation, Shape shape, boolean relu) {
    this.oneDnn = oneDnn;
    this.operation = operation;
    this.relu = relu;
    this.kind = relu ? "batch norm + relu" : "batch norm";
    this.reduced = (long) batch * shape.height() * shape.width();
    this.images = OneDnnShapes.images(oneDnn, batch, shape);
    this.channels = oneDnn.desc(memory.format_tag.a, operation.channels());
    int flags = dnnl_use_scale | dnnl_use_shift | (relu ? dnnl_fuse_norm_relu : 0);
    this.trainingDesc = forwardDesc(dnnl_forward_training, flags);
    this.evaluationDesc = forwardDesc(dnnl_forward_inference, flags | dnnl_use_global_stats);
    this.backwardDesc =
        oneDnn.own(
            new batch_normalization_backward.primitive_desc(
                oneDnn.engine(),
                dnnl_backward,
                images,
                images,
                images,
                operation.epsilon(),
                flags,
                trainingDesc));
    this.runningMean = perChannel();
    this.runningVariance = perChannel();
    this.batchMean = perChannel();
    this.batchVariance = perChannel();
  }

  private batch_normalization_forward.primitive_desc forwardDesc(int propagation, int flags) {
    return oneDnn.own(
        new batch_normalization_forward.primitive_desc(
            oneDnn.engine(), propagation, images, images, operation.epsilon(), flags));
  }

  private INDArray perChannel() {
    return Nd4j.create(DataType.FLOAT, operation.channels());
  }

  @Override
  List<StoredParameter> parameters() {
    StoredParameter parameter = new OneDnnParameter(oneDnn, channels, channels);
    return List.of(parameter, parameter);
  }

  @Override
  InputGradient inputGradient(int input) {
    return InputGradient.IN_PLACE;
  }

  @Override
  void bind(Buffers buffers) {
    memory source = oneDnn.on(images, buffers.input());
    memory destination = oneDnn.on(images, buffers.output());
    memory scale = oneDnn.on(channels, buffers.parameters().get(0));
    memory shift = oneDnn.on(channels, buffers.parameters().get(1));
    memory mean = oneDnn.on(channels, batchMean);
    memory variance = oneDnn.on(channels, batchVariance);
    training =
        forward(kind + " forward", trainingDesc, source, destination)
            .with(DNNL_ARG_SCALE, scale)
            .with(DNNL_ARG_SHIFT, shift)
            .with(DNNL_ARG_MEAN, mean)
            .with(DNNL_ARG_VARIANCE, variance);
    evaluation =
        forward(kind + " evaluation", evaluationDesc, source, destination)
            .with(DNNL_ARG_SCALE, scale)
            .with(DNNL_ARG_SHIFT, shift)
            .with(DNNL_ARG_MEAN, oneDnn.on(channels, runningMean))
            .with(DNNL_ARG_VARIANCE, oneDnn.on(channels, runningVariance));
    backward =
        oneDnn
            .step(kind + " backward", 0, new batch_normalization_backward(backwardDesc))
            .with(DNNL_ARG_SRC, source)
            .with(DNNL_ARG_MEAN, mean)
            .with(DNNL_ARG_VARIANCE, variance)
            .with(DNNL_ARG_SCALE, scale)
            .with(DNNL_ARG_DIFF_DST, oneDnn.on(images, buffers.outputGradient()))
            .with(DNNL_ARG_DIFF_SRC, oneDnn.on(images, Bound.of(buffers.inputGradient())))
            .with(DNNL_ARG_DIFF_SCALE, oneDnn.on(channels, buffers.gradients().get(0)))
            .with(DNNL_ARG_DIFF_SHIFT, oneDnn.on(channels, buffers.gradients().get(1)));
    if (relu) { // which values the ReLU let pass
      memory mask = oneDnn.allocate(oneDnn.own(trainingDesc.workspace_desc()));
      training.with(DNNL_ARG_WORKSPACE, mask);
      backward.with(DNNL_ARG_WORKSPACE, mask);
    }
  }

  private OneDnn.Step forward(
      String name,
      batch_normalization_forward.primitive_desc desc,
      memory source,
      memory destination) {
    return oneDnn
        .step(name, 0, new batch_normalization_forward(desc))
        .with(DNNL_ARG_SRC, source)
        .with(DNNL_ARG_DST, destination);
  }

  @Override
  void forward(boolean train) {
    if (train) {
      Bound.of(training).run();
      float unbias = reduced > 1 ? reduced / (reduced - 1f) : 1;
      follow(batchMean, 1, runningMean);
      follow(batchVariance, unbias, runningVariance);
    } else {
      Bound.of(evaluation).run();
    }
  }

  private void follow(INDArray batch, float factor, INDArray running) {
    float momentum = operation.momentum();
    FloatIndexer from = FloatIndexer.create(OneDnn.floats(batch));
    FloatIndexer to = FloatIndexer.create(OneDnn.floats(running));
    for (int i = 0; i < operation.channels(); i++) {
      to.put(i, (1 - momentum) * to.get(i) + momentum * factor * from.get(i));
    }
  }

  @Override
  void backward() {
    Bound.of(backward).run();
  }

  @Override
  List<INDArray> runningStatistics() {
    return List.of(runningMean, runningVariance);
  }
}
