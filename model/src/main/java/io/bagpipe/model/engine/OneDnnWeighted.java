package io.bagpipe.model.engine;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What convolutions and linear layers share: weights are kept as their gradients come, and put once
 * a step into the layouts that the forward and the backward pass want.
 */
abstract class OneDnnWeighted extends Kernel {

  /**
   * The primitives of one layer.
   *
   * @param data null where nobody needs the input's gradient
   */
  record Primitives(
      primitive_desc forwardDesc,
      primitive forward,
      @Nullable primitive_desc dataDesc,
      @Nullable primitive data,
      primitive_desc weightsDesc,
      primitive weights) {}

  /** The layouts of activations, and of weights and bias as PyTorch has them. */
  record Layouts(
      memory.desc source, memory.desc destination, memory.desc plain, memory.@Nullable desc bias) {}

  private final OneDnn oneDnn;
  private final String kind;
  private final double flops;
  private final Layouts layouts;
  private final Primitives primitives;
  private final memory.desc stored;
  private final List<OneDnn.Step> derive = new ArrayList<>();
  private boolean derived;
  private OneDnn.@Nullable Step forward;
  private OneDnn.@Nullable Step data;
  private OneDnn.@Nullable Step weights;

  OneDnnWeighted(OneDnn oneDnn, String kind, double flops, Layouts layouts, Primitives primitives) {
    this.oneDnn = oneDnn;
    this.kind = kind;
    this.flops = flops;
    this.layouts = layouts;
    this.primitives = primitives;
    this.stored = oneDnn.own(primitives.weightsDesc().diff_weights_desc());
  }

  @Override
  final List<StoredParameter> parameters() {
    List<StoredParameter> parameters = new ArrayList<>();
    parameters.add(new OneDnnParameter(oneDnn, layouts.plain(), stored));
    if (layouts.bias() != null) {
      parameters.add(new OneDnnParameter(oneDnn, layouts.bias(), layouts.bias()));
    }
    return parameters;
  }

  @Override
  final void bind(Buffers buffers) {
    memory source = oneDnn.on(layouts.source(), buffers.input());
    memory gradient = oneDnn.on(layouts.destination(), buffers.outputGradient());
    memory kept = oneDnn.on(stored, buffers.parameters().get(0));
    forward =
        oneDnn
            .step(kind + " forward", flops, primitives.forward())
            .with(DNNL_ARG_SRC, source)
            .with(DNNL_ARG_WEIGHTS, derived(kept, primitives.forwardDesc().weights_desc()))
            .with(DNNL_ARG_DST, oneDnn.on(layouts.destination(), buffers.output()));
    weights =
        oneDnn
            .step(kind + " backward weights", flops, primitives.weights())
            .with(DNNL_ARG_SRC, source)
            .with(DNNL_ARG_DIFF_DST, gradient)
            .with(DNNL_ARG_DIFF_WEIGHTS, oneDnn.on(stored, buffers.gradients().get(0)));
    if (layouts.bias() != null) {
      forward.with(DNNL_ARG_BIAS, oneDnn.on(layouts.bias(), buffers.parameters().get(1)));
      weights.with(DNNL_ARG_DIFF_BIAS, oneDnn.on(layouts.bias(), buffers.gradients().get(1)));
    }
    INDArray inputGradient = buffers.inputGradient();
    if (inputGradient != null && primitives.data() != null && primitives.dataDesc() != null) {
      data =
          oneDnn
              .step(kind + " backward data", flops, primitives.data())
              .with(DNNL_ARG_DIFF_DST, gradient)
              .with(DNNL_ARG_WEIGHTS, derived(kept, primitives.dataDesc().weights_desc()))
              .with(DNNL_ARG_DIFF_SRC, oneDnn.on(layouts.source(), inputGradient));
    }
  }

  private memory derived(memory kept, memory.desc wanted) {
    oneDnn.own(wanted);
    if (wanted.equals(stored)) {
      return kept;
    }
    memory copy = oneDnn.allocate(wanted);
    derive.add(oneDnn.reorder(kept, copy));
    return copy;
  }

  @Override
  final void forward(boolean training) {
    if (!derived) {
      derive.forEach(OneDnn.Step::run);
      derived = true;
    }
    Bound.of(forward).run();
  }

  @Override
  final void backward() {
    Bound.of(weights).run();
    if (data != null) {
      data.run();
    }
  }

  @Override
  final void parametersChanged() {
    derived = false;
  }
}
