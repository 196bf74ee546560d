package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.StoredParameter;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.nativelib.OneDnn.Step;
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
abstract class OneDnnWeighted implements KernelPlan {

  /**
   * The primitives of one layer.
   *
   * @param data null where nobody needs the input's gradient
   * @param gathered what the weights' gradient takes of the input; null: all of it
   */
  record Primitives(
      primitive_desc forwardDesc,
      primitive forward,
      @Nullable primitive_desc dataDesc,
      @Nullable primitive data,
      primitive_desc weightsDesc,
      primitive weights,
      @Nullable Gathered gathered) {}

  /**
   * Pixels of the input that are copied together before they are used.
   *
   * @param batch images
   * @param values from one image of the input to the next
   * @param view of an image of the input, with gaps
   * @param image where they go
   * @param dense where those of all images go
   */
  record Gathered(int batch, long values, memory.desc view, memory.desc image, memory.desc dense) {}

  /** The layouts of activations, and of weights and bias as PyTorch has them. */
  record Layouts(
      memory.desc source, memory.desc destination, memory.desc plain, memory.@Nullable desc bias) {}

  private final OneDnn oneDnn;
  private final String kind;
  private final double flops;
  private final Layouts layouts;
  private final Primitives primitives;
  private final memory.desc stored;

  OneDnnWeighted(OneDnn oneDnn, String kind, double flops, Layouts layouts, Primitives primitives) {
    this.oneDnn = oneDnn;
    this.kind = kind;
    this.flops = flops;
    this.layouts = layouts;
    this.primitives = primitives;
    this.stored = oneDnn.own(primitives.weightsDesc().diff_weights_desc());
  }

  @Override
  public final List<StoredParameter> parameters() {
    List<StoredParameter> parameters = new ArrayList<>();
    parameters.add(new OneDnnParameter(oneDnn, layouts.plain(), stored));
    if (layouts.bias() != null) {
      parameters.add(new OneDnnParameter(oneDnn, layouts.bias(), layouts.bias()));
    }
    return parameters;
  }

  @Override
  public final Kernel bind(Buffers buffers) {
    List<Step> derivations = new ArrayList<>();
    memory source = on(oneDnn, layouts.source(), buffers.input());
    memory gradient = on(oneDnn, layouts.destination(), buffers.outputGradient());
    memory kept = on(oneDnn, stored, buffers.parameters().get(0));
    Step forward =
        oneDnn
            .step(kind + " forward", flops, primitives.forward())
            .with(DNNL_ARG_SRC, source)
            .with(
                DNNL_ARG_WEIGHTS,
                derive(kept, primitives.forwardDesc().weights_desc(), derivations))
            .with(DNNL_ARG_DST, on(oneDnn, layouts.destination(), buffers.output()));
    List<Step> backward = new ArrayList<>();
    Step weights =
        oneDnn
            .step(kind + " backward weights", flops, primitives.weights())
            .with(DNNL_ARG_SRC, gather(source, buffers, backward))
            .with(DNNL_ARG_DIFF_DST, gradient)
            .with(DNNL_ARG_DIFF_WEIGHTS, on(oneDnn, stored, buffers.gradients().get(0)));
    if (layouts.bias() != null) {
      forward.with(DNNL_ARG_BIAS, on(oneDnn, layouts.bias(), buffers.parameters().get(1)));
      weights.with(DNNL_ARG_DIFF_BIAS, on(oneDnn, layouts.bias(), buffers.gradients().get(1)));
    }
    INDArray inputGradient = buffers.inputGradient();
    backward.add(weights);
    if (inputGradient != null && primitives.data() != null && primitives.dataDesc() != null) {
      backward.add(
          oneDnn
              .step(kind + " backward data", flops, primitives.data())
              .with(DNNL_ARG_DIFF_DST, gradient)
              .with(
                  DNNL_ARG_WEIGHTS, derive(kept, primitives.dataDesc().weights_desc(), derivations))
              .with(DNNL_ARG_DIFF_SRC, on(oneDnn, layouts.source(), inputGradient)));
    }
    return new WeightedKernel(derivations, forward, backward);
  }

  private memory gather(memory source, Buffers buffers, List<Step> backward) {
    Gathered gathered = primitives.gathered();
    if (gathered == null) {
      return source;
    }
    memory dense = oneDnn.allocate(gathered.dense());
    long from = HostArrays.address(buffers.input());
    long to = dense.get_data_handle().address();
    for (int image = 0; image < gathered.batch(); image++) {
      backward.add(
          oneDnn.reorder(
              oneDnn.at(gathered.view(), from + image * gathered.values() * Float.BYTES),
              oneDnn.at(gathered.image(), to + image * gathered.image().get_size())));
    }
    return dense;
  }

  /** The weights in a wanted layout: as they are kept, or a copy that a derivation fills. */
  private memory derive(memory kept, memory.desc wanted, List<Step> derivations) {
    oneDnn.own(wanted);
    if (wanted.equals(stored)) {
      return kept;
    }
    memory copy = oneDnn.allocate(wanted);
    derivations.add(oneDnn.reorder(kept, copy));
    return copy;
  }
}
