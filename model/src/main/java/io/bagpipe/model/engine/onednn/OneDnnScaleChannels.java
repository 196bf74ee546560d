package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.nativelib.OneDnn.Step;
import io.bagpipe.model.network.Shape;
import java.util.List;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reduction;

/** Squeeze and excitation's product of activations and a gate per image and channel. */
final class OneDnnScaleChannels implements KernelPlan {
  private final OneDnn oneDnn;
  private final memory.desc images;
  private final memory.desc gates;

  OneDnnScaleChannels(OneDnn oneDnn, int batch, Shape shape) {
    this.oneDnn = oneDnn;
    this.images = OneDnnShapes.images(oneDnn, batch, shape);
    this.gates = OneDnnShapes.images(oneDnn, batch, new Shape(1, 1, shape.channels()));
  }

  @Override
  public Kernel bind(Buffers buffers) {
    memory source = on(oneDnn, images, buffers.inputs().get(0));
    memory gate = on(oneDnn, gates, buffers.inputs().get(1));
    memory gradient = on(oneDnn, images, buffers.outputGradient());
    memory sourceGradient = on(oneDnn, images, buffers.inputGradient(0));
    memory gateGradient = on(oneDnn, gates, buffers.inputGradient(1));
    Step forward = multiply("forward", source, gate, gates, on(oneDnn, images, buffers.output()));
    // the gate's gradient is summed from a product that lies where the source's will be
    Step product = multiply("backward", gradient, source, images, sourceGradient);
    var sumDesc =
        oneDnn.own(
            new reduction.primitive_desc(
                oneDnn.engine(), dnnl_reduction_sum, images, gates, 0f, 0f));
    Step sum =
        oneDnn
            .step("scale channels backward", 0, new reduction(sumDesc))
            .with(DNNL_ARG_SRC, sourceGradient)
            .with(DNNL_ARG_DST, gateGradient);
    Step backward = multiply("backward", gradient, gate, gates, sourceGradient);
    return new StepsKernel(List.of(forward), List.of(product, sum, backward));
  }

  private Step multiply(
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
}
