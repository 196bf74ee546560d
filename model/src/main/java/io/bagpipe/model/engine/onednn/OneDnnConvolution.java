package io.bagpipe.model.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Shape;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/** Convolutions: dense, grouped and depthwise, with and without bias. */
final class OneDnnConvolution extends OneDnnWeighted {
  /** Values of a vector of AVX-512. */
  private static final int VECTOR = 16;

  /** Pixels a side at which nothing is overwritten, at 48 neither. */
  private static final int HARMLESS = 32;

  OneDnnConvolution(
      OneDnn oneDnn, int batch, Convolution op, Shape in, Shape out, boolean inputGradient) {
    this(
        oneDnn,
        op,
        layouts(oneDnn, batch, op, in, out),
        gathered(oneDnn, batch, op, in, out),
        flops(batch, op, out),
        inputGradient);
  }

  private OneDnnConvolution(
      OneDnn oneDnn,
      Convolution op,
      Layouts layouts,
      @Nullable Gathered gathered,
      double flops,
      boolean inputGradient) {
    super(
        oneDnn, kind(op), flops, layouts, primitives(oneDnn, op, layouts, gathered, inputGradient));
  }

  /**
   * oneDNN 3.11's kernel for the weights' gradient of a strided 1x1 convolution writes past its
   * buffers where the input has 4 or 8 channels and 56 pixels or more a side (on AVX-512; found by
   * a crash, and by its malloc's checks). What it would have read is gathered for it, so that it
   * has no stride, wherever the channels do not fill its vectors and the image is not small.
   */
  private static @Nullable Gathered gathered(
      OneDnn oneDnn, int batch, Convolution op, Shape in, Shape out) {
    boolean strided = op.kernel() == 1 && op.padding() == 0 && op.stride() > 1;
    if (!strided || op.groups() > 1 || op.in() % VECTOR == 0 || in.width() <= HARMLESS) {
      return null;
    }
    long row = (long) in.width() * in.channels();
    memory.desc view =
        oneDnn.strided(
            new long[] {1, in.channels(), out.height(), out.width()},
            new long[] {
              (in.height() + 1) * row, 1, op.stride() * row, (long) op.stride() * in.channels()
            });
    Shape kept = new Shape(out.height(), out.width(), in.channels());
    return new Gathered(
        batch,
        in.size(),
        view,
        OneDnnShapes.images(oneDnn, 1, kept),
        OneDnnShapes.images(oneDnn, batch, kept));
  }

  private static String kind(Convolution op) {
    if (op.groups() > 1) {
      return "depthwise convolution";
    }
    return "convolution " + op.kernel() + "x" + op.kernel();
  }

  static double flops(int batch, Convolution op, Shape out) {
    int inputs = op.in() / op.groups();
    return 2.0 * batch * out.size() * inputs * op.kernel() * op.kernel();
  }

  private static long[] weightDimensions(Convolution op) {
    int kernel = op.kernel();
    return op.groups() == 1
        ? new long[] {op.out(), op.in(), kernel, kernel}
        : new long[] {op.groups(), op.out() / op.groups(), op.in() / op.groups(), kernel, kernel};
  }

  static Layouts layouts(OneDnn oneDnn, int batch, Convolution op, Shape in, Shape out) {
    memory.format_tag plain = op.groups() == 1 ? memory.format_tag.oihw : memory.format_tag.goihw;
    return new Layouts(
        OneDnnShapes.images(oneDnn, batch, in),
        OneDnnShapes.images(oneDnn, batch, out),
        oneDnn.desc(plain, weightDimensions(op)),
        op.bias() ? oneDnn.desc(memory.format_tag.a, op.out()) : null);
  }

  private static memory.desc bias(OneDnn oneDnn, Layouts layouts) {
    memory.@Nullable desc given = layouts.bias();
    return given == null ? oneDnn.own(new memory.desc()) : given;
  }

  /** The forward pass, with weights in the layout that it likes best. */
  static convolution_forward.primitive_desc forward(
      OneDnn oneDnn, Convolution op, Layouts layouts) {
    return forward(oneDnn, op, layouts, layouts.source(), op.stride());
  }

  private static convolution_forward.primitive_desc forward(
      OneDnn oneDnn, Convolution op, Layouts layouts, memory.desc source, int stride) {
    return oneDnn.own(
        new convolution_forward.primitive_desc(
            oneDnn.engine(),
            dnnl_forward_training,
            dnnl_convolution_direct,
            source,
            oneDnn.desc(memory.format_tag.any, weightDimensions(op)),
            bias(oneDnn, layouts),
            layouts.destination(),
            new long[] {stride, stride},
            new long[] {op.padding(), op.padding()},
            new long[] {op.padding(), op.padding()},
            oneDnn.attributes(),
            false));
  }

  private static Primitives primitives(
      OneDnn oneDnn,
      Convolution op,
      Layouts layouts,
      @Nullable Gathered gathered,
      boolean inputGradient) {
    long[] stride = {op.stride(), op.stride()};
    long[] padding = {op.padding(), op.padding()};
    memory.desc any = oneDnn.desc(memory.format_tag.any, weightDimensions(op));
    memory.desc source = layouts.source();
    memory.desc destination = layouts.destination();
    memory.desc bias = bias(oneDnn, layouts);
    var attributes = oneDnn.attributes();
    var forward = forward(oneDnn, op, layouts);
    var weights =
        oneDnn.own(
            new convolution_backward_weights.primitive_desc(
                oneDnn.engine(),
                dnnl_convolution_direct,
                gathered == null ? source : gathered.dense(),
                any,
                bias,
                destination,
                gathered == null ? stride : new long[] {1, 1},
                padding,
                padding,
                gathered == null ? forward : forward(oneDnn, op, layouts, gathered.dense(), 1),
                attributes,
                false));
    convolution_backward_data.@Nullable primitive_desc data =
        inputGradient
            ? oneDnn.own(
                new convolution_backward_data.primitive_desc(
                    oneDnn.engine(),
                    dnnl_convolution_direct,
                    source,
                    any,
                    destination,
                    stride,
                    padding,
                    padding,
                    forward,
                    attributes,
                    false))
            : null;
    return new Primitives(
        forward,
        new convolution_forward(forward),
        data,
        data == null ? null : new convolution_backward_data(data),
        weights,
        new convolution_backward_weights(weights),
        gathered);
  }
}
