package io.bagpipe.model.engine;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.network.Shape;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reduction;
import org.jspecify.annotations.Nullable;

/** Squeeze and excitation's product of activations and a gate per image and channel. */
final class OneDnnScaleChannels extends Kernel {
  private final OneDnn oneDnn;
  private final memory.desc images;
  private final memory.desc gates;
  private OneDnn.@Nullable Step forward;
  private OneDnn.@Nullable Step product;
  private OneDnn.@Nullable Step sum;
  private OneDnn.@Nullable Step backward;

  OneDnnScaleChannels(OneDnn oneDnn, int batch, Shape shape) {
    this.oneDnn = oneDnn;
    this.images = OneDnnShapes.images(oneDnn, batch, shape);
    this.gates = OneDnnShapes.images(oneDnn, batch, new Shape(1, 1, shape.channels()));
  }

  @Override
  void bind(Buffers buffers) {
    memory source = oneDnn.on(images, buffers.inputs().get(0));
    memory gate = oneDnn.on(gates, buffers.inputs().get(1));
    memory gradient = oneDnn.on(images, buffers.outputGradient());
    memory sourceGradient = oneDnn.on(images, Bound.of(buffers.inputGradients()[0]));
    memory gateGradient = oneDnn.on(gates, Bound.of(buffers.inputGradients()[1]));
    forward = multiply("forward", source, gate, gates, oneDnn.on(images, buffers.output()));
    // the gate's gradient is summed from a product that lies where the source's will be
    product = multiply("backward", gradient, source, images, sourceGradient);
    var sumDesc =
        oneDnn.own(
            new reduction.primitive_desc(
                oneDnn.engine(), dnnl_reduction_sum, images, gates, 0f, 0f));
    sum =
        oneDnn
            .step("scale channels backward", 0, new reduction(sumDesc))
            .with(DNNL_ARG_SRC, sourceGradient)
            .with(DNNL_ARG_DST, gateGradient);
    backward = multiply("backward", gradient, gate, gates, sourceGradient);
  }

  private OneDnn.Step multiply(
      String pass, memory images0, memory factor, memory.desc factorDesc, memory result) {
    var desc =
        oneDnn.own(
            new binary.primitive_desc(
                oneDnn.engine(), dnnl_binary_mul, images, factorDesc, images));
    return oneDnn
        .step("scale channels " + pass, 0, new binary(desc))
        .with(DNNL_ARG_SRC_0, images0)
        .with(DNNL_ARG_SRC_1, factor)
        .with(DNNL_ARG_DST, result);
  }

  @Override
  void forward(boolean training) {
    Bound.of(forward).run();
  }

  @Override
  void backward() {
    Bound.of(product).run();
    Bound.of(sum).run();
    Bound.of(backward).run();
  }
}
