package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.KernelPlan.InputGradient;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.nativelib.OneDnn.Step;
import io.bagpipe.model.network.Shape;
import java.util.List;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** The residual sum, the ReLU after it included where there is one. */
final class OneDnnAdd implements KernelPlan {
  private static final int RELU = dnnl_eltwise_relu_use_dst_for_bwd;

  private final OneDnn oneDnn;
  private final boolean relu;
  private final memory.desc images;
  private final binary.primitive_desc forwardDesc;

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
  public InputGradient inputGradient(int input) {
    return relu ? InputGradient.IN_PLACE : InputGradient.SAME;
  }

  @Override
  public boolean mayOverwriteInput() {
    return true;
  }

  @Override
  public boolean needsOutput() {
    return relu;
  }

  @Override
  public Kernel bind(Buffers buffers) {
    String kind = relu ? "add + relu" : "add";
    memory output = on(oneDnn, images, buffers.output());
    Step forward =
        oneDnn
            .step(kind + " forward", 0, new binary(forwardDesc))
            .with(DNNL_ARG_SRC_0, on(oneDnn, images, buffers.inputs().get(0)))
            .with(DNNL_ARG_SRC_1, on(oneDnn, images, buffers.inputs().get(1)))
            .with(DNNL_ARG_DST, output);
    if (!relu) { // the gradient goes on as it is
      return new StepsKernel(List.of(forward), List.of());
    }
    Step backward =
        oneDnn
            .step(kind + " backward", 0, reluBackward())
            .with(DNNL_ARG_DST, output)
            .with(DNNL_ARG_DIFF_DST, on(oneDnn, images, buffers.outputGradient()))
            .with(DNNL_ARG_DIFF_SRC, on(oneDnn, images, buffers.inputGradient(0)));
    return new StepsKernel(List.of(forward), List.of(backward));
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
}
