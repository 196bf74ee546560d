package io.bagpipe.model.network;

import io.bagpipe.model.network.Operation.Activation.Function;

/**
 * torchvision's ResNets (He et al., CVPR 2016; the stride of a bottleneck is on its 3x3, as in
 * torchvision).
 */
final class ResNets {
  private final NetworkBuilder net = new NetworkBuilder(1e-5f, 0.1f);
  private final boolean bottleneck;
  private int channels;

  private ResNets(boolean bottleneck, int width) {
    this.bottleneck = bottleneck;
    this.channels = width;
  }

  static NetworkSpec build(Architecture architecture) {
    int[] blocks =
        architecture.family() == Architecture.Family.RESNET18
            ? new int[] {2, 2, 2, 2}
            : new int[] {3, 4, 6, 3};
    boolean bottleneck = architecture.family() == Architecture.Family.RESNET50;
    return new ResNets(bottleneck, architecture.width()).build(architecture, blocks);
  }

  private NetworkSpec build(Architecture architecture, int[] blocks) {
    int width = architecture.width();
    boolean small = architecture.stem() == Stem.CIFAR;
    String x =
        net.convolution(
            "conv1",
            NetworkSpec.INPUT,
            NetworkSpec.INPUT_CHANNELS,
            width,
            small ? 3 : 7,
            small ? 1 : 2);
    x = net.activation("relu", net.batchNorm("bn1", x, width), Function.RELU);
    if (!small) {
      x = net.add("maxpool", new Operation.MaxPool(3, 2, 1), x);
    }
    for (int stage = 0; stage < blocks.length; stage++) {
      for (int block = 0; block < blocks[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        x = block("layer" + (stage + 1) + "." + block, x, width << stage, stride);
      }
    }
    return net.finish(architecture, x, channels, "fc");
  }

  private String block(String name, String x, int planes, int stride) {
    int out = bottleneck ? 4 * planes : planes;
    String residual =
        bottleneck ? bottleneck(name, x, planes, stride) : basic(name, x, planes, stride);
    String identity = x;
    if (stride != 1 || channels != out) {
      identity = net.convolution(name + ".downsample.0", x, channels, out, 1, stride);
      identity = net.batchNorm(name + ".downsample.1", identity, out);
    }
    channels = out;
    String sum = net.add(name + ".add", new Operation.Add(), residual, identity);
    return net.activation(name + ".relu", sum, Function.RELU);
  }

  private String basic(String name, String x, int planes, int stride) {
    String y = net.convolution(name + ".conv1", x, channels, planes, 3, stride);
    y = net.activation(name + ".relu1", net.batchNorm(name + ".bn1", y, planes), Function.RELU);
    y = net.convolution(name + ".conv2", y, planes, planes, 3, 1);
    return net.batchNorm(name + ".bn2", y, planes);
  }

  private String bottleneck(String name, String x, int planes, int stride) {
    String y = net.convolution(name + ".conv1", x, channels, planes, 1, 1);
    y = net.activation(name + ".relu1", net.batchNorm(name + ".bn1", y, planes), Function.RELU);
    y = net.convolution(name + ".conv2", y, planes, planes, 3, stride);
    y = net.activation(name + ".relu2", net.batchNorm(name + ".bn2", y, planes), Function.RELU);
    y = net.convolution(name + ".conv3", y, planes, 4 * planes, 1, 1);
    return net.batchNorm(name + ".bn3", y, 4 * planes);
  }
}
