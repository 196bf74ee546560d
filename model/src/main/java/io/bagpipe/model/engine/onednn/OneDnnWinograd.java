package io.bagpipe.model.engine.onednn;

import static io.bagpipe.model.engine.onednn.OneDnnShapes.on;
import static org.bytedeco.dnnl.global.dnnl.*;

import io.bagpipe.model.engine.graph.Buffers;
import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.engine.graph.Kernel;
import io.bagpipe.model.engine.graph.KernelPlan;
import io.bagpipe.model.engine.graph.StoredParameter;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.network.Operation.Convolution;
import io.bagpipe.model.network.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/**
 * 3×3 convolutions of stride 1 whose backward pass makes do with a quarter of the multiplications
 * ({@link WinogradMatrices}). oneDNN has no such algorithm for CPUs any more; here it is made of
 * its matrix products: images to tiles, 36 products [tiles, in]·[in, out], tiles to images. The
 * gradient of the input is a convolution with the filter turned and transposed; that of the filter
 * is Gᵀ(Σ (Bᵀ d B) ⊙ (A g Aᵀ))G, summed over tiles. Images are taken a few at a time, so that their
 * tiles stay in the cache, always as many, so that the same input gives the same bits.
 *
 * <p>The forward pass stays direct: the algorithm's rounding, some times float32's, is nothing in a
 * gradient, but every activation that it carries across zero turns a ReLU's gradient on or off.
 */
final class OneDnnWinograd implements KernelPlan {
  private static final int PAIRS = WinogradTiles.PAIRS;
  private static final int TAPS = WinogradMatrices.TAPS;
  private static final String KIND = "winograd 3x3 ";
  private static final String TRANSFORMS = KIND + "transforms";

  /** Where tiles are cheaper than the window itself, by channels and side of the image. */
  private static final int CHANNELS_ANYWHERE = 128;

  private static final int CHANNELS_SMALL = 64;
  private static final int SMALL = 8;
  private static final int FEWEST_TILES = 32;

  /** What makes transforms alike. */
  private record Way(WinogradTransform.Linear map, int images, int channels) {}

  private final OneDnn oneDnn;
  private final Scratch scratch;
  private final int batch;
  private final Shape in;
  private final Shape out;
  private final int atOnce;
  private final memory.desc stored;
  private final convolution_forward.primitive_desc forwardDesc;
  private final OneDnnWeighted.Layouts layouts;
  private final double forwardFlops;
  private final @Nullable memory turnedFilter;
  private final Map<Way, WinogradTransform> transforms = new HashMap<>();
  private final List<OneDnn.Step> derivations = new ArrayList<>();

  OneDnnWinograd(
      OneDnn oneDnn,
      Scratch scratch,
      int batch,
      Convolution operation,
      Shape in,
      boolean inputGradient) {
    this.oneDnn = oneDnn;
    this.scratch = scratch;
    this.batch = batch;
    this.in = in;
    this.out = new Shape(in.height(), in.width(), operation.out());
    int widest = Math.max(operation.in(), operation.out());
    this.atOnce = WinogradTiles.imagesAtOnce(batch, in.height(), in.width(), widest);
    this.stored = oneDnn.desc(memory.format_tag.hwio, operation.out(), operation.in(), TAPS, TAPS);
    this.layouts = OneDnnConvolution.layouts(oneDnn, batch, operation, in, out);
    this.forwardDesc = OneDnnConvolution.forward(oneDnn, operation, layouts);
    this.forwardFlops = OneDnnConvolution.flops(batch, operation, out);
    this.turnedFilter =
        inputGradient ? oneDnn.allocate(filterDesc(operation.out(), operation.in())) : null;
    WinogradTiles tiles = tiles(atOnce);
    scratch.reserve(Scratch.Use.HALFWAY, tiles.halfwaySize(widest));
    scratch.reserve(Scratch.Use.TILES_IN, tiles.size(widest));
    scratch.reserve(Scratch.Use.TILES_OUT, tiles.size(widest));
    scratch.reserve(Scratch.Use.FILTER_GRADIENT, (long) PAIRS * operation.in() * operation.out());
  }

  /**
   * Whether a convolution can be computed so, and is faster; by shape alone, so that every machine
   * computes the same way.
   */
  static boolean pays(Convolution operation, Shape in, int batch) {
    int channels = Math.min(operation.in(), operation.out());
    int side = Math.max(in.height(), in.width());
    return operation.kernel() == TAPS
        && operation.stride() == 1
        && operation.padding() == 1
        && operation.groups() == 1
        && !operation.bias()
        && (channels >= CHANNELS_ANYWHERE || (channels >= CHANNELS_SMALL && side <= SMALL))
        && WinogradTiles.fits(in.height(), in.width())
        && new WinogradTiles(batch, in.height(), in.width()).count() >= FEWEST_TILES;
  }

  private memory.desc filterDesc(long from, long to) {
    return oneDnn.desc(
        memory.format_tag.abcd, WinogradMatrices.INPUTS, WinogradMatrices.INPUTS, from, to);
  }

  private WinogradTiles tiles(int images) {
    return new WinogradTiles(images, in.height(), in.width());
  }

  @Override
  public List<StoredParameter> parameters() {
    return List.of(new OneDnnParameter(oneDnn, layouts.plain(), stored));
  }

  @Override
  public Kernel bind(Buffers buffers) {
    long source = HostArrays.address(buffers.input());
    long gradient = HostArrays.address(buffers.outputGradient());
    memory kept = on(oneDnn, stored, buffers.parameters().get(0));
    OneDnn.Step forward =
        oneDnn
            .step("convolution 3x3 forward", forwardFlops, new convolution_forward(forwardDesc))
            .with(DNNL_ARG_SRC, on(oneDnn, layouts.source(), buffers.input()))
            .with(DNNL_ARG_WEIGHTS, derive(kept, oneDnn.own(forwardDesc.weights_desc())))
            .with(DNNL_ARG_DST, on(oneDnn, layouts.destination(), buffers.output()));
    List<OneDnn.Step> backward = new ArrayList<>();
    for (int from = 0; from < batch; from += atOnce) {
      backward.addAll(part(from).correlate(source, gradient));
    }
    backward.add(collectGradient(HostArrays.address(buffers.gradients().get(0))));
    if (turnedFilter != null) {
      deriveTurned(kept, turnedFilter);
      long result = HostArrays.address(buffers.inputGradient(0));
      for (int from = 0; from < batch; from += atOnce) {
        backward.addAll(part(from).convolve(gradient, turnedFilter, result));
      }
    }
    return new WeightedKernel(derivations, forward, backward);
  }

  private Part part(int from) {
    return new Part(from, Math.min(atOnce, batch - from));
  }

  /** A copy in another layout, made once a step. */
  private memory derive(memory kept, memory.desc wanted) {
    memory copy = oneDnn.allocate(wanted);
    derivations.add(oneDnn.reorder(kept, copy));
    return copy;
  }

  /** The transformed filter of the gradient, once a step: [36, 9]·[9, out·in]. */
  private void deriveTurned(memory kept, memory to) {
    memory.desc transposed =
        oneDnn.strided(
            new long[] {out.channels(), in.channels(), TAPS, TAPS},
            new long[] {in.channels(), 1, TAPS * filterSize(), filterSize()});
    memory copy = derive(kept, transposed);
    derivations.add(
        filterProduct(
            WinogradMatrices.filterPairs(true),
            TAPS * TAPS,
            copy.get_data_handle().address(),
            PAIRS,
            to.get_data_handle().address()));
  }

  private long filterSize() {
    return (long) in.channels() * out.channels();
  }

  /** The filter's gradient from that of its transform: [9, 36]·[36, in·out]. */
  private OneDnn.Step collectGradient(long to) {
    float[] pairs = WinogradMatrices.filterPairs(false);
    int taps = TAPS * TAPS;
    float[] transposed = new float[pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      transposed[i % taps * PAIRS + i / taps] = pairs[i];
    }
    return filterProduct(transposed, PAIRS, scratch.address(Scratch.Use.FILTER_GRADIENT), taps, to);
  }

  /** [rowsTo, rowsFrom]·[rowsFrom, in·out]. */
  private OneDnn.Step filterProduct(
      float[] values, long rowsFrom, long from, long rowsTo, long to) {
    memory matrix = oneDnn.constant(values, rowsTo, rowsFrom);
    memory.desc operand = oneDnn.desc(memory.format_tag.ab, rowsFrom, filterSize());
    memory.desc result = oneDnn.desc(memory.format_tag.ab, rowsTo, filterSize());
    return oneDnn.productStep(
        TRANSFORMS,
        0,
        oneDnn.product(oneDnn.own(matrix.get_desc()), operand, result, false),
        matrix,
        oneDnn.at(operand, from),
        oneDnn.at(result, to));
  }

  /** Some of the batch's images, transformed at once. */
  private final class Part {
    private final int from;
    private final WinogradTiles tiles;

    Part(int from, int images) {
      this.from = from;
      this.tiles = tiles(images);
    }

    /** The gradient of the source from that of the result. */
    List<OneDnn.Step> convolve(long gradient, memory turned, long result) {
      List<OneDnn.Step> steps = new ArrayList<>();
      steps.addAll(transform(WinogradTransform.Linear.INPUT, out, gradient, Scratch.Use.TILES_IN));
      memory.desc tilesIn = matrices(out.channels());
      memory.desc tilesOut = matrices(in.channels());
      steps.add(
          oneDnn.productStep(
              KIND + "backward data",
              flops(),
              oneDnn.product(tilesIn, oneDnn.own(turned.get_desc()), tilesOut, false),
              oneDnn.at(tilesIn, scratch.address(Scratch.Use.TILES_IN)),
              turned,
              oneDnn.at(tilesOut, scratch.address(Scratch.Use.TILES_OUT))));
      steps.addAll(transform(WinogradTransform.Linear.OUTPUT, in, result, Scratch.Use.TILES_OUT));
      return steps;
    }

    /** Adds these images' part to the gradient of the transformed filter. */
    List<OneDnn.Step> correlate(long source, long gradient) {
      List<OneDnn.Step> steps = new ArrayList<>();
      steps.addAll(transform(WinogradTransform.Linear.INPUT, in, source, Scratch.Use.TILES_IN));
      steps.addAll(
          transform(
              WinogradTransform.Linear.OUTPUT_GRADIENT, out, gradient, Scratch.Use.TILES_OUT));
      long channels = in.channels();
      long six = WinogradMatrices.INPUTS;
      memory.desc sources =
          oneDnn.strided(
              new long[] {six, six, channels, tiles.count()},
              new long[] {
                tiles.outerStride() * channels, channels, 1, tiles.tileStride() * channels
              });
      memory.desc gradients = matrices(out.channels());
      memory.desc sum = filterDesc(channels, out.channels());
      steps.add(
          oneDnn.productStep(
              KIND + "backward weights",
              flops(),
              oneDnn.product(sources, gradients, sum, from > 0),
              oneDnn.at(sources, scratch.address(Scratch.Use.TILES_IN)),
              oneDnn.at(gradients, scratch.address(Scratch.Use.TILES_OUT)),
              oneDnn.at(sum, scratch.address(Scratch.Use.FILTER_GRADIENT))));
      return steps;
    }

    private List<OneDnn.Step> transform(
        WinogradTransform.Linear map, Shape shape, long images, Scratch.Use place) {
      return transforms
          .computeIfAbsent(
              new Way(map, tiles.images(), shape.channels()),
              way -> new WinogradTransform(oneDnn, TRANSFORMS, map, tiles, shape.channels()))
          .between(
              images + (long) Float.BYTES * from * shape.size(),
              scratch.address(Scratch.Use.HALFWAY),
              scratch.address(place));
    }

    /** The tiles as 6×6 matrices [tiles, channels]. */
    private memory.desc matrices(long channels) {
      long six = WinogradMatrices.INPUTS;
      return oneDnn.strided(
          new long[] {six, six, tiles.count(), channels},
          new long[] {tiles.outerStride() * channels, channels, tiles.tileStride() * channels, 1});
    }

    private double flops() {
      return 2.0 * PAIRS * tiles.count() * filterSize();
    }
  }
}
