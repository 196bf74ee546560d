package io.bagpipe.model.network;

import io.bagpipe.model.network.Operation.Activation.Function;
import java.util.List;

/** torchvision's mobilenet_v3_large (Howard et al., ICCV 2019). */
final class MobileNetV3 {
  private record Block(
      int in, int kernel, int expanded, int out, boolean squeeze, Function function, int stride) {}

  private static final List<Block> BLOCKS =
      List.of(
          new Block(16, 3, 16, 16, false, Function.RELU, 1),
          new Block(16, 3, 64, 24, false, Function.RELU, 2),
          new Block(24, 3, 72, 24, false, Function.RELU, 1),
          new Block(24, 5, 72, 40, true, Function.RELU, 2),
          new Block(40, 5, 120, 40, true, Function.RELU, 1),
          new Block(40, 5, 120, 40, true, Function.RELU, 1),
          new Block(40, 3, 240, 80, false, Function.HARD_SWISH, 2),
          new Block(80, 3, 200, 80, false, Function.HARD_SWISH, 1),
          new Block(80, 3, 184, 80, false, Function.HARD_SWISH, 1),
          new Block(80, 3, 184, 80, false, Function.HARD_SWISH, 1),
          new Block(80, 3, 480, 112, true, Function.HARD_SWISH, 1),
          new Block(112, 3, 672, 112, true, Function.HARD_SWISH, 1),
          new Block(112, 5, 672, 160, true, Function.HARD_SWISH, 2),
          new Block(160, 5, 960, 160, true, Function.HARD_SWISH, 1),
          new Block(160, 5, 960, 160, true, Function.HARD_SWISH, 1));
  private static final int LAST = 960;

  private final NetworkBuilder net = new NetworkBuilder(1e-3f, 1e-2f);

  private MobileNetV3() {}

  static NetworkSpec build(Architecture architecture) {
    return new MobileNetV3().network(architecture);
  }

  private NetworkSpec network(Architecture architecture) {
    int stride = architecture.stem() == Stem.CIFAR ? 1 : 2;
    int channels = BLOCKS.get(0).in();
    String x =
        net.convolution(
            "features.0.0", NetworkSpec.INPUT, NetworkSpec.INPUT_CHANNELS, channels, 3, stride);
    x = net.batchNorm("features.0.1", x, channels);
    x = net.activation("features.0.2", x, Function.HARD_SWISH);
    int index = 1;
    for (Block block : BLOCKS) {
      x = block("features." + index++, x, block);
      channels = block.out();
    }
    String last = "features." + index;
    x = net.convolution(last + ".0", x, channels, LAST, 1, 1);
    x = net.activation(last + ".2", net.batchNorm(last + ".1", x, LAST), Function.HARD_SWISH);
    return net.finish(architecture, x, LAST, "classifier");
  }

  private String block(String name, String x, Block block) {
    int layer = 0;
    int expanded = block.expanded();
    String y = x;
    if (expanded != block.in()) {
      String layerName = name + ".block." + layer++;
      y = net.convolution(layerName + ".0", y, block.in(), expanded, 1, 1);
      y = net.batchNorm(layerName + ".1", y, expanded);
      y = net.activation(layerName + ".2", y, block.function());
    }
    String depthwise = name + ".block." + layer++;
    y = net.depthwise(depthwise + ".0", y, expanded, block.kernel(), block.stride());
    y = net.batchNorm(depthwise + ".1", y, expanded);
    y = net.activation(depthwise + ".2", y, block.function());
    if (block.squeeze()) {
      String squeeze = name + ".block." + layer++;
      int squeezed = divisibleByEight(expanded / 4);
      y =
          net.squeezeExcitation(
              squeeze, y, expanded, squeezed, Function.RELU, Function.HARD_SIGMOID);
    }
    String project = name + ".block." + layer;
    y = net.convolution(project + ".0", y, expanded, block.out(), 1, 1);
    y = net.batchNorm(project + ".1", y, block.out());
    return block.stride() == 1 && block.in() == block.out()
        ? net.add(name + ".add", new Operation.Add(), y, x)
        : y;
  }

  /** torchvision's _make_divisible(value, 8): the nearest multiple, not below nine tenths. */
  private static int divisibleByEight(int value) {
    int rounded = Math.max(8, (value + 4) / 8 * 8);
    return rounded * 10 < value * 9 ? rounded + 8 : rounded;
  }
}
