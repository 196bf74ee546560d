package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.KernelPlan.InputGradient;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.nativelib.OneDnn.Step;
import io.bagpipe.model.network.Operation.Activation.Function;
import io.bagpipe.model.network.Shape;
import java.util.List;
import java.util.Locale;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.memory;

/** Functions of each value alone that no other kernel took in. */
final class OneDnnActivation implements KernelPlan {

  /** oneDNN's name of a function, and whether its derivative is taken from its result. */
  private record Algorithm(int kind, float alpha, float beta, boolean fromResult) {
    static Algorithm of(Function function) {
      return switch (function) {
        case RELU -> new Algorithm(dnnl_eltwise_relu_use_dst_for_bwd, 0, 0, true);
        case SIGMOID -> new Algorithm(dnnl_eltwise_logistic_use_dst_for_bwd, 0, 0, true);
        case SILU -> new Algorithm(dnnl_eltwise_swish, 1, 0, false);
        case HARD_SWISH -> new Algorithm(dnnl_eltwise_hardswish, 1 / 6f, 0.5f, false);
        case HARD_SIGMOID -> new Algorithm(dnnl_eltwise_hardsigmoid, 1 / 6f, 0.5f, false);
      };
    }
  }

  private final OneDnn oneDnn;
  private final String kind;
  private final Algorithm algorithm;
  private final memory.desc images;
  private final eltwise_forward.primitive_desc forwardDesc;
  private final eltwise_backward.primitive_desc backwardDesc;

  OneDnnActivation(OneDnn oneDnn, int batch, Function function, Shape shape) {
    this.oneDnn = oneDnn;
    this.kind = function.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    this.algorithm = Algorithm.of(function);
    this.images = OneDnnShapes.images(oneDnn, batch, shape);
    this.forwardDesc =
        oneDnn.own(
            new eltwise_forward.primitive_desc(
                oneDnn.engine(),
                dnnl_forward_training,
                algorithm.kind(),
                images,
                images,
                algorithm.alpha(),
                algorithm.beta()));
    this.backwardDesc =
        oneDnn.own(
            new eltwise_backward.primitive_desc(
                oneDnn.engine(),
                algorithm.kind(),
                images,
                images,
                images,
                algorithm.alpha(),
                algorithm.beta(),
                forwardDesc));
  }

  @Override
  public InputGradient inputGradient(int input) {
    return InputGradient.IN_PLACE;
  }

  @Override
  public boolean mayOverwriteInput() {
    return algorithm.fromResult();
  }

  @Override
  public boolean needsOutput() {
    return algorithm.fromResult();
  }

  @Override
  public Kernel bind(Buffers buffers) {
    memory source = on(oneDnn, images, buffers.input());
    memory destination = on(oneDnn, images, buffers.output());
    Step forward =
        oneDnn
            .step(kind + " forward", 0, new eltwise_forward(forwardDesc))
            .with(DNNL_ARG_SRC, source)
            .with(DNNL_ARG_DST, destination);
    Step backward =
        oneDnn
            .step(kind + " backward", 0, new eltwise_backward(backwardDesc))
            .with(
                algorithm.fromResult() ? DNNL_ARG_DST : DNNL_ARG_SRC,
                algorithm.fromResult() ? destination : source)
            .with(DNNL_ARG_DIFF_DST, on(oneDnn, images, buffers.outputGradient()))
            .with(DNNL_ARG_DIFF_SRC, on(oneDnn, images, buffers.inputGradient(0)));
    return new StepsKernel(List.of(forward), List.of(backward));
  }
}
