package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.KernelPlan.InputGradient;
import io.bagpipe.model.engine.graph.StoredParameter;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.nativelib.OneDnn.Step;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Shape;
import java.util.List;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch norm, the ReLU after it included where there is one. */
final class OneDnnBatchNorm implements KernelPlan {
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
  }

  private batch_normalization_forward.primitive_desc forwardDesc(int propagation, int flags) {
    return oneDnn.own(
        new batch_normalization_forward.primitive_desc(
            oneDnn.engine(), propagation, images, images, operation.epsilon(), flags));
  }

  @Override
  public List<StoredParameter> parameters() {
    StoredParameter parameter = new OneDnnParameter(oneDnn, channels, channels);
    return List.of(parameter, parameter);
  }

  @Override
  public InputGradient inputGradient(int input) {
    return InputGradient.IN_PLACE;
  }

  @Override
  public Kernel bind(Buffers buffers) {
    memory source = on(oneDnn, images, buffers.input());
    memory destination = on(oneDnn, images, buffers.output());
    memory scale = on(oneDnn, channels, buffers.parameters().get(0));
    memory shift = on(oneDnn, channels, buffers.parameters().get(1));
    memory mean = oneDnn.allocate(channels);
    memory variance = oneDnn.allocate(channels);
    INDArray runningMean = buffers.statistics().get(0);
    INDArray runningVariance = buffers.statistics().get(1);
    Step training =
        forward(kind + " forward", trainingDesc, source, destination)
            .with(DNNL_ARG_SCALE, scale)
            .with(DNNL_ARG_SHIFT, shift)
            .with(DNNL_ARG_MEAN, mean)
            .with(DNNL_ARG_VARIANCE, variance);
    Step evaluation =
        forward(kind + " evaluation", evaluationDesc, source, destination)
            .with(DNNL_ARG_SCALE, scale)
            .with(DNNL_ARG_SHIFT, shift)
            .with(DNNL_ARG_MEAN, on(oneDnn, channels, runningMean))
            .with(DNNL_ARG_VARIANCE, on(oneDnn, channels, runningVariance));
    Step backward =
        oneDnn
            .step(kind + " backward", 0, new batch_normalization_backward(backwardDesc))
            .with(DNNL_ARG_SRC, source)
            .with(DNNL_ARG_MEAN, mean)
            .with(DNNL_ARG_VARIANCE, variance)
            .with(DNNL_ARG_SCALE, scale)
            .with(DNNL_ARG_DIFF_DST, on(oneDnn, images, buffers.outputGradient()))
            .with(DNNL_ARG_DIFF_SRC, on(oneDnn, images, buffers.inputGradient(0)))
            .with(DNNL_ARG_DIFF_SCALE, on(oneDnn, channels, buffers.gradients().get(0)))
            .with(DNNL_ARG_DIFF_SHIFT, on(oneDnn, channels, buffers.gradients().get(1)));
    if (relu) { // which values the ReLU let pass
      memory mask = oneDnn.allocate(oneDnn.own(trainingDesc.workspace_desc()));
      training.with(DNNL_ARG_WORKSPACE, mask);
      backward.with(DNNL_ARG_WORKSPACE, mask);
    }
    float unbias = reduced > 1 ? reduced / (reduced - 1f) : 1;
    return new Bound(
        training,
        evaluation,
        backward,
        List.of(
            new Running(values(mean), 1, HostArrays.floats(runningMean)),
            new Running(values(variance), unbias, HostArrays.floats(runningVariance))));
  }

  private Step forward(
      String name,
      batch_normalization_forward.primitive_desc desc,
      memory source,
      memory destination) {
    return oneDnn
        .step(name, 0, new batch_normalization_forward(desc))
        .with(DNNL_ARG_SRC, source)
        .with(DNNL_ARG_DST, destination);
  }

  private FloatPointer values(memory perChannel) {
    return new FloatPointer(perChannel.get_data_handle()).capacity(operation.channels());
  }

  /** A statistic that follows its batches'. */
  private final class Running {
    private final FloatIndexer batch;
    private final float factor;
    private final FloatIndexer running;

    Running(FloatPointer batch, float factor, FloatPointer running) {
      this.batch = FloatIndexer.create(batch);
      this.factor = factor;
      this.running = FloatIndexer.create(running);
    }

    void follow() {
      float momentum = operation.momentum();
      for (int i = 0; i < operation.channels(); i++) {
        running.put(i, (1 - momentum) * running.get(i) + momentum * factor * batch.get(i));
      }
    }
  }

  private record Bound(Step training, Step evaluation, Step gradient, List<Running> statistics)
      implements Kernel {
    @Override
    public void forward(boolean train) {
      if (train) {
        training.run();
        statistics.forEach(Running::follow);
      } else {
        evaluation.run();
      }
    }

    @Override
    public void backward() {
      gradient.run();
    }
  }
}
