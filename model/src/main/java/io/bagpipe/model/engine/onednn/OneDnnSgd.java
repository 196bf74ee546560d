package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Kernels;
import io.bagpipe.model.nativelib.OneDnn;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** SGD in two passes over the flat vectors: velocities, then parameters. */
final class OneDnnSgd implements Kernels.Sgd {
  private final OneDnn oneDnn;
  private final memory.desc flat;
  private final memory.desc scalar;
  private final FloatPointer momentum;
  private final FloatPointer weightDecay;
  private final FloatPointer negativeRate;
  private final OneDnn.Step accelerate;
  private final OneDnn.Step move;

  OneDnnSgd(OneDnn oneDnn, INDArray parameters, INDArray gradients, INDArray velocities) {
    this.oneDnn = oneDnn;
    this.flat = oneDnn.desc(memory.format_tag.a, parameters.length());
    this.scalar = oneDnn.desc(memory.format_tag.a, 1);
    this.momentum = oneDnn.own(new FloatPointer(1));
    this.weightDecay = oneDnn.own(new FloatPointer(1));
    this.negativeRate = oneDnn.own(new FloatPointer(1));
    memory values = on(oneDnn, flat, parameters);
    memory speeds = on(oneDnn, flat, velocities);
    this.accelerate = velocityStep(values, on(oneDnn, flat, gradients), speeds);
    this.move = parameterStep(values, speeds);
  }

  /** velocity = momentum · velocity + weightDecay · parameter + gradient */
  private OneDnn.Step velocityStep(memory values, memory slopes, memory speeds) {
    primitive_attr attributes = oneDnn.attributes();
    attributes.set_scales_mask(DNNL_ARG_SRC_0, 0);
    attributes.set_scales_mask(DNNL_ARG_SRC_1, 0);
    post_ops then = oneDnn.own(new post_ops());
    then.append_binary(dnnl_binary_add, flat);
    attributes.set_post_ops(then);
    return sum(attributes, speeds, values)
        .with(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC_0, scale(momentum))
        .with(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC_1, scale(weightDecay))
        .with(DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1, slopes);
  }

  /** parameter = parameter - rate · velocity */
  private OneDnn.Step parameterStep(memory values, memory speeds) {
    primitive_attr attributes = oneDnn.attributes();
    attributes.set_scales_mask(DNNL_ARG_SRC_1, 0);
    return sum(attributes, values, speeds)
        .with(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC_1, scale(negativeRate));
  }

  /** Adds {@code other} to {@code target}, scaled as the attributes say. */
  private OneDnn.Step sum(primitive_attr attributes, memory target, memory other) {
    var desc =
        oneDnn.own(
            new binary.primitive_desc(
                oneDnn.engine(), dnnl_binary_add, flat, flat, flat, attributes, false));
    return oneDnn
        .step("update", 0, new binary(desc))
        .with(DNNL_ARG_SRC_0, target)
        .with(DNNL_ARG_SRC_1, other)
        .with(DNNL_ARG_DST, target);
  }

  private memory scale(FloatPointer value) {
    return oneDnn.own(new memory(scalar, oneDnn.engine(), value));
  }

  @Override
  public void step(float rate, float newMomentum, float newWeightDecay) {
    momentum.put(newMomentum);
    weightDecay.put(newWeightDecay);
    negativeRate.put(-rate);
    accelerate.run();
    move.run();
  }
}
