package io.bagpipe.model.teacher.torch;

import static org.bytedeco.pytorch.global.torch.amax;
import static org.bytedeco.pytorch.global.torch.avg_pool2d;
import static org.bytedeco.pytorch.global.torch.batch_norm;
import static org.bytedeco.pytorch.global.torch.constant_pad_nd;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.max_pool2d;

import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Of [n, channels, height, width]: convolution, batch norm, pools, padding. */
final class ImageOperators {
  private ImageOperators() {}

  static void addTo(Map<String, Operators.Maker> makers) {
    makers.put("Conv", ImageOperators::convolution);
    makers.put("BatchNormalization", ImageOperators::batchNorm);
    makers.put("MaxPool", ImageOperators::maxPool);
    makers.put("AveragePool", ImageOperators::averagePool);
    makers.put("GlobalAveragePool", ImageOperators::globalAveragePool);
    makers.put("GlobalMaxPool", ImageOperators::globalMaxPool);
    makers.put("Pad", ImageOperators::pad);
  }

  /**
   * The window of a convolution or pool.
   *
   * @param padding rows and columns on both sides, where libtorch can add them itself
   * @param outside left, right, top, bottom, to be added before, where it cannot; else empty
   */
  private record Window(
      long[] kernel, long[] strides, long[] dilations, long[] padding, long[] outside) {
    static Window of(Site site, long[] kernel) {
      site.require(site.rank(0) == 4, "an input of rank " + site.rank(0) + "; read here: 4");
      site.require(kernel.length == 2, "a kernel of rank " + kernel.length + "; read here: 2");
      long[] ones = {1, 1};
      long[] strides = site.node().integers("strides").orElse(ones);
      long[] dilations = site.node().integers("dilations").orElse(ones);
      long[] pads = pads(site, kernel, strides, dilations);
      boolean even = pads[0] == pads[2] && pads[1] == pads[3];
      return new Window(
          kernel,
          strides,
          dilations,
          even ? new long[] {pads[0], pads[1]} : new long[2],
          even ? new long[0] : new long[] {pads[1], pads[3], pads[0], pads[2]});
    }

    /** Top, left, bottom, right. */
    private static long[] pads(Site site, long[] kernel, long[] strides, long[] dilations) {
      String auto = site.node().text("auto_pad", "NOTSET");
      if (auto.equals("NOTSET")) {
        return site.node().integers("pads").orElse(new long[4]);
      }
      long[] pads = new long[4];
      if (!auto.equals("VALID")) {
        for (int i = 0; i < 2; i++) {
          long extent = site.shape(0)[2 + i];
          long steps = (extent + strides[i] - 1) / strides[i];
          long reach = (steps - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
          long missing = Math.max(0, reach - extent);
          pads[i] = auto.equals("SAME_LOWER") ? missing - missing / 2 : missing / 2;
          pads[2 + i] = missing - pads[i];
        }
      }
      return pads;
    }

    Operand padded(Operand input, double value) {
      long[] around = outside;
      return around.length == 0
          ? input
          : arguments -> constant_pad_nd(input.of(arguments), around, new Scalar(value));
    }
  }

  private static Operation convolution(Site site) {
    Tensor filters = site.values(1);
    site.require(filters.dim() == 4, "filters of rank " + filters.dim() + "; read here: 4");
    Window window = Window.of(site, new long[] {filters.size(2), filters.size(3)});
    Tensor bias = site.has(2) ? site.values(2) : null;
    Site.Affine affine = site.affine();
    if (affine != null) {
      Tensor scale = affine.scale();
      filters = filters.to(ScalarType.Double).mul(scale.view(-1, 1, 1, 1));
      bias =
          bias == null ? affine.shift() : affine.shift().add(bias.to(ScalarType.Double).mul(scale));
    }
    Tensor weight = site.filters(filters, site.product());
    TensorOptional added =
        bias == null ? site.none() : site.optional(site.placed(bias, site.product()));
    long groups = site.node().integer("group", 1);
    Operand input = window.padded(site.operand(0, site.product()), 0);
    return arguments ->
        conv2d(
            input.of(arguments),
            weight,
            added,
            window.strides(),
            window.padding(),
            window.dilations(),
            groups);
  }

  /** Its running statistics as a factor and an addend. */
  static Site.Affine affine(Site site) {
    Tensor deviation =
        site.values(4)
            .to(ScalarType.Double)
            .add(new Scalar(site.node().real("epsilon", 1e-5)))
            .sqrt();
    Tensor scale = site.values(1).to(ScalarType.Double).div(deviation);
    Tensor shift =
        site.values(2).to(ScalarType.Double).sub(site.values(3).to(ScalarType.Double).mul(scale));
    return new Site.Affine(scale, shift);
  }

  private static Operation batchNorm(Site site) {
    site.require(site.node().integer("training_mode", 0) == 0, "it is in training mode");
    TensorOptional[] parameters = new TensorOptional[4];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = site.optional(site.placed(site.values(i + 1), ScalarType.Float));
    }
    double epsilon = site.node().real("epsilon", 1e-5);
    Operand input = site.operand(0);
    return arguments ->
        batch_norm(
            input.of(arguments),
            parameters[0],
            parameters[1],
            parameters[2],
            parameters[3],
            false,
            0,
            epsilon,
            true);
  }

  private static Operation maxPool(Site site) {
    site.require(site.result() == 0, "where its maxima lie is not told here");
    Window window = Window.of(site, site.node().integers("kernel_shape").orElse(new long[0]));
    boolean upwards = site.node().integer("ceil_mode", 0) != 0;
    Operand input = window.padded(site.operand(0), Double.NEGATIVE_INFINITY);
    return arguments ->
        max_pool2d(
            input.of(arguments),
            window.kernel(),
            window.strides(),
            window.padding(),
            window.dilations(),
            upwards);
  }

  private static Operation averagePool(Site site) {
    Window window = Window.of(site, site.node().integers("kernel_shape").orElse(new long[0]));
    boolean upwards = site.node().integer("ceil_mode", 0) != 0;
    boolean counted = site.node().integer("count_include_pad", 0) != 0;
    site.require(
        window.dilations()[0] == 1 && window.dilations()[1] == 1, "a pool with gaps in its window");
    site.require(
        window.outside().length == 0 || counted, "an average with uneven padding, not counted");
    Operand input = window.padded(site.operand(0), 0);
    return arguments ->
        avg_pool2d(
            input.of(arguments),
            window.kernel(),
            window.strides(),
            window.padding(),
            upwards,
            counted,
            new LongOptional());
  }

  private static Operation globalAveragePool(Site site) {
    Operand input = site.exact(0);
    long[] space = space(site);
    return arguments -> input.of(arguments).mean(space, true, new ScalarTypeOptional());
  }

  private static Operation globalMaxPool(Site site) {
    Operand input = site.operand(0);
    long[] space = space(site);
    return arguments -> amax(input.of(arguments), space, true);
  }

  private static long[] space(Site site) {
    site.require(site.rank(0) > 2, "an input of rank " + site.rank(0));
    return IntStream.range(2, site.rank(0)).mapToLong(i -> i).toArray();
  }

  private static Operation pad(Site site) {
    String mode = site.node().text("mode", "constant");
    site.require(mode.equals("constant"), "padding by " + mode + "; read here: constant");
    site.require(!site.has(3), "padding of some axes");
    long[] pads = site.given("pads", 1);
    int rank = site.rank(0);
    site.require(pads.length == 2 * rank, "padding that does not fit its input");
    long[] around = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      around[2 * (rank - 1 - i)] = pads[i];
      around[2 * (rank - 1 - i) + 1] = pads[rank + i];
    }
    double value = site.has(2) ? site.real(2) : site.node().real("value", 0);
    Operand input = site.operand(0);
    return arguments -> constant_pad_nd(input.of(arguments), around, new Scalar(value));
  }
}
