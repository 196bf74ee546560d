package io.bagpipe.model.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.network.Operation.Linear;
import java.util.Objects;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;

/** Fully connected layers. */
final class OneDnnLinear extends OneDnnWeighted {

  OneDnnLinear(OneDnn oneDnn, int batch, Linear op) {
    this(oneDnn, op, layouts(oneDnn, batch, op), 2.0 * batch * op.in() * op.out());
  }

  private OneDnnLinear(OneDnn oneDnn, Linear op, Layouts layouts, double flops) {
    super(oneDnn, "linear", flops, layouts, primitives(oneDnn, op, layouts));
  }

  private static Layouts layouts(OneDnn oneDnn, int batch, Linear op) {
    return new Layouts(
        oneDnn.desc(memory.format_tag.ab, batch, op.in()),
        oneDnn.desc(memory.format_tag.ab, batch, op.out()),
        oneDnn.desc(memory.format_tag.ab, op.out(), op.in()),
        oneDnn.desc(memory.format_tag.a, op.out()));
  }

  private static Primitives primitives(OneDnn oneDnn, Linear op, Layouts layouts) {
    memory.desc any = oneDnn.desc(memory.format_tag.any, op.out(), op.in());
    memory.desc source = layouts.source();
    memory.desc destination = layouts.destination();
    memory.desc bias = Objects.requireNonNull(layouts.bias());
    var attributes = oneDnn.attributes();
    var forward =
        oneDnn.own(
            new inner_product_forward.primitive_desc(
                oneDnn.engine(),
                dnnl_forward_training,
                source,
                any,
                bias,
                destination,
                attributes,
                false));
    var data =
        oneDnn.own(
            new inner_product_backward_data.primitive_desc(
                oneDnn.engine(), source, any, destination, forward, attributes, false));
    var weights =
        oneDnn.own(
            new inner_product_backward_weights.primitive_desc(
                oneDnn.engine(), source, any, bias, destination, forward, attributes, false));
    return new Primitives(
        forward,
        new inner_product_forward(forward),
        data,
        new inner_product_backward_data(data),
        weights,
        new inner_product_backward_weights(weights),
        null);
  }
}
