package io.bagpipe.model.network;

import io.bagpipe.model.network.Operation.Activation.Function;
import java.util.List;

/**
 * torchvision's efficientnet_b0 (Tan and Le, ICML 2019), without its stochastic depth: dropping
 * whole blocks at random would make a pass depend on how many came before it, and a student resumed
 * from a checkpoint would no longer end where one that never stopped does. (torchvision's dropout
 * sits in the classifier, whose place the projection head takes.)
 */
final class EfficientNet {
  private record Stage(int expansion, int kernel, int stride, int in, int out, int layers) {}

  private static final List<Stage> STAGES =
      List.of(
          new Stage(1, 3, 1, 32, 16, 1),
          new Stage(6, 3, 2, 16, 24, 2),
          new Stage(6, 5, 2, 24, 40, 2),
          new Stage(6, 3, 2, 40, 80, 3),
          new Stage(6, 5, 1, 80, 112, 3),
          new Stage(6, 5, 2, 112, 192, 4),
          new Stage(6, 3, 1, 192, 320, 1));
  private static final int LAST = 1280;

  private final NetworkBuilder net = new NetworkBuilder(1e-5f, 0.1f);

  private EfficientNet() {}

  static NetworkSpec build(Architecture architecture) {
    return new EfficientNet().network(architecture);
  }

  private NetworkSpec network(Architecture architecture) {
    int stride = architecture.stem() == Stem.CIFAR ? 1 : 2;
    int channels = STAGES.get(0).in();
    String x =
        net.convolution(
            "features.0.0", NetworkSpec.INPUT, NetworkSpec.INPUT_CHANNELS, channels, 3, stride);
    x = net.activation("features.0.2", net.batchNorm("features.0.1", x, channels), Function.SILU);
    int index = 1;
    for (Stage stage : STAGES) {
      for (int layer = 0; layer < stage.layers(); layer++) {
        String name = "features." + index + "." + layer;
        x = block(name, x, channels, stage, layer == 0 ? stage.stride() : 1);
        channels = stage.out();
      }
      index++;
    }
    String last = "features." + index;
    x = net.convolution(last + ".0", x, channels, LAST, 1, 1);
    x = net.activation(last + ".2", net.batchNorm(last + ".1", x, LAST), Function.SILU);
    return net.finish(architecture, x, LAST, "classifier");
  }

  private String block(String name, String x, int in, Stage stage, int stride) {
    int layer = 0;
    int expanded = in * stage.expansion();
    String y = x;
    if (expanded != in) {
      String expand = name + ".block." + layer++;
      y = net.convolution(expand + ".0", y, in, expanded, 1, 1);
      y = net.activation(expand + ".2", net.batchNorm(expand + ".1", y, expanded), Function.SILU);
    }
    String depthwise = name + ".block." + layer++;
    y = net.depthwise(depthwise + ".0", y, expanded, stage.kernel(), stride);
    y = net.batchNorm(depthwise + ".1", y, expanded);
    y = net.activation(depthwise + ".2", y, Function.SILU);
    String squeeze = name + ".block." + layer++;
    y = net.squeezeExcitation(squeeze, y, expanded, in / 4, Function.SILU, Function.SIGMOID);
    String project = name + ".block." + layer;
    y = net.convolution(project + ".0", y, expanded, stage.out(), 1, 1);
    y = net.batchNorm(project + ".1", y, stage.out());
    return stride == 1 && in == stage.out() ? net.add(name + ".add", new Operation.Add(), y, x) : y;
  }
}
