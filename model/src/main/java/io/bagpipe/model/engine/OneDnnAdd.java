package io.bagpipe.model.engine;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.network.Shape;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.jspecify.annotations.Nullable;

/** The residual sum, the ReLU after it included where there is one. */
final class OneDnnAdd extends Kernel {
  private static final int RELU = dnnl_eltwise_relu_use_dst_for_bwd;

  private final OneDnn oneDnn;
  private final boolean relu;
  private final memory.desc images;
  private final binary.primitive_desc forwardDesc;
  private OneDnn.@Nullable Step forward;
  private OneDnn.@Nullable Step backward;

  OneDnnAdd(OneDnn oneDnn, int batch, Shape shape, boolean relu) {
    this.oneDnn = oneDnn;
    this.relu = relu;
    this.images = OneDnnShapes.images(oneDnn, batch, shape);
    primitive_attr attributes = oneDnn.attributes();
    if (relu) {
      post_ops then = oneDnn.own(new post_ops());
      then.append_eltwise(dnnl_eltwise_relu, 0, 0);
      attributes.set_post_ops(then);
    }
    this.forwardDesc =
        oneDnn.own(
            new binary.primitive_desc(
                oneDnn.engine(), dnnl_binary_add, images, images, images, attributes, false));
  }

  @Override
  InputGradient inputGradient(int input) {
    return relu ? InputGradient.IN_PLACE : InputGradient.SAME;
  }

  @Override
  boolean mayOverwriteInput() {
    return true;
  }

  @Override
  boolean needsOutput() {
    return relu;
  }

  @Override
  void bind(Buffers buffers) {
    String kind = relu ? "add + relu" : "add";
    memory output = oneDnn.on(images, buffers.output());
    forward =
        oneDnn
            .step(kind + " forward", 0, new binary(forwardDesc))
            .with(DNNL_ARG_SRC_0, oneDnn.on(images, buffers.inputs().get(0)))
            .with(DNNL_ARG_SRC_1, oneDnn.on(images, buffers.inputs().get(1)))
            .with(DNNL_ARG_DST, output);
    if (relu) {
      backward =
          oneDnn
              .step(kind + " backward", 0, reluBackward())
              .with(DNNL_ARG_DST, output)
              .with(DNNL_ARG_DIFF_DST, oneDnn.on(images, buffers.outputGradient()))
              .with(DNNL_ARG_DIFF_SRC, oneDnn.on(images, Bound.of(buffers.inputGradient())));
    }
  }

  private eltwise_backward reluBackward() {
    var hint =
        oneDnn.own(
            new eltwise_forward.primitive_desc(
                oneDnn.engine(), dnnl_forward_training, RELU, images, images, 0f, 0f));
    return new eltwise_backward(
        oneDnn.own(
            new eltwise_backward.primitive_desc(
                oneDnn.engine(), RELU, images, images, images, 0f, 0f, hint)));
  }

  @Override
  void forward(boolean training) {
    Bound.of(forward).run();
  }

  @Override
  void backward() {
    if (backward != null) {
      backward.run();
    }
  }
}
