package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.nativelib.OneDnn.Step;
import io.bagpipe.model.network.Operation.MaxPool;
import io.bagpipe.model.network.Shape;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;

/** Max pooling, and the mean over the whole image. */
final class OneDnnPool implements KernelPlan {
  private final OneDnn oneDnn;
  private final String kind;
  private final memory.desc source;
  private final memory.desc destination;
  private final pooling_forward.primitive_desc forwardDesc;
  private final pooling_backward.primitive_desc backwardDesc;
  private final boolean remembers;

  private OneDnnPool(
      OneDnn oneDnn, int algorithm, memory.desc source, memory.desc destination, MaxPool window) {
    this.oneDnn = oneDnn;
    this.remembers = algorithm == dnnl_pooling_max;
    this.kind = remembers ? "max pool" : "average pool";
    this.source = source;
    this.destination = destination;
    long[] stride = {window.stride(), window.stride()};
    long[] kernel = {window.kernel(), window.kernel()};
    long[] padding = {window.padding(), window.padding()};
    long[] dilation = {0, 0};
    this.forwardDesc =
        oneDnn.own(
            new pooling_forward.primitive_desc(
                oneDnn.engine(),
                dnnl_forward_training,
                algorithm,
                source,
                destination,
                stride,
                kernel,
                dilation,
                padding,
                padding));
    this.backwardDesc =
        oneDnn.own(
            new pooling_backward.primitive_desc(
                oneDnn.engine(),
                algorithm,
                source,
                destination,
                stride,
                kernel,
                dilation,
                padding,
                padding,
                forwardDesc));
  }

  static OneDnnPool max(OneDnn oneDnn, int batch, MaxPool operation, Shape in, Shape out) {
    return new OneDnnPool(
        oneDnn,
        dnnl_pooling_max,
        OneDnnShapes.images(oneDnn, batch, in),
        OneDnnShapes.images(oneDnn, batch, out),
        operation);
  }

  static OneDnnPool globalAverage(OneDnn oneDnn, int batch, Shape in) {
    return new OneDnnPool(
        oneDnn,
        dnnl_pooling_avg_exclude_padding,
        OneDnnShapes.images(oneDnn, batch, in),
        OneDnnShapes.images(oneDnn, batch, new Shape(1, 1, in.channels())),
        new MaxPool(in.height(), 1, 0));
  }

  @Override
  public Kernel bind(Buffers buffers) {
    Step forward =
        oneDnn
            .step(kind + " forward", 0, new pooling_forward(forwardDesc))
            .with(DNNL_ARG_SRC, on(oneDnn, source, buffers.input()))
            .with(DNNL_ARG_DST, on(oneDnn, destination, buffers.output()));
    Step backward =
        oneDnn
            .step(kind + " backward", 0, new pooling_backward(backwardDesc))
            .with(DNNL_ARG_DIFF_DST, on(oneDnn, destination, buffers.outputGradient()))
            .with(DNNL_ARG_DIFF_SRC, on(oneDnn, source, buffers.inputGradient(0)));
    if (remembers) { // where each maximum was
      memory places = oneDnn.allocate(oneDnn.own(forwardDesc.workspace_desc()));
      forward.with(DNNL_ARG_WORKSPACE, places);
      backward.with(DNNL_ARG_WORKSPACE, places);
    }
    return new StepsKernel(List.of(forward), List.of(backward));
  }
}
