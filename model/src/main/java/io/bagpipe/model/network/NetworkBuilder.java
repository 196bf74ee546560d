package io.bagpipe.model.network;

import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.BatchNorm;
import io.bagpipe.model.network.Operation.Convolution;
import java.util.ArrayList;
import java.util.List;

/** Collects nodes; every method returns the name of the node it added. */
final class NetworkBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final float epsilon;
  private final float momentum;

  /** The two figures of every batch norm to come. */
  NetworkBuilder(float epsilon, float momentum) {
    this.epsilon = epsilon;
    this.momentum = momentum;
  }

  String add(String name, Operation operation, String... inputs) {
    nodes.add(new Node(name, operation, List.of(inputs)));
    return name;
  }

  /** A convolution without bias that keeps the size, strides aside. */
  String convolution(String name, String x, int in, int out, int kernel, int stride) {
    return add(name, new Convolution(in, out, kernel, stride, (kernel - 1) / 2, 1, false), x);
  }

  String depthwise(String name, String x, int channels, int kernel, int stride) {
    return add(
        name,
        new Convolution(channels, channels, kernel, stride, (kernel - 1) / 2, channels, false),
        x);
  }

  String batchNorm(String name, String x, int channels) {
    return add(name, new BatchNorm(channels, epsilon, momentum), x);
  }

  String activation(String name, String x, Activation.Function function) {
    return add(name, new Activation(function), x);
  }

  /**
   * torchvision's SqueezeExcitation {@code name}: x times a gate per channel, computed from its
   * means.
   */
  String squeezeExcitation(
      String name,
      String x,
      int channels,
      int squeezed,
      Activation.Function between,
      Activation.Function gate) {
    String mean = add(name + ".avgpool", new Operation.GlobalAveragePool(), x);
    String fc1 = add(name + ".fc1", new Convolution(channels, squeezed, 1, 1, 0, 1, true), mean);
    String hidden = activation(name + ".activation", fc1, between);
    String fc2 = add(name + ".fc2", new Convolution(squeezed, channels, 1, 1, 0, 1, true), hidden);
    String scale = activation(name + ".scale_activation", fc2, gate);
    return add(name, new Operation.ScaleChannels(), x, scale);
  }

  /** Pooling, the projection head in the place of {@code classifier}, and the finished network. */
  NetworkSpec finish(Architecture architecture, String x, int features, String classifier) {
    Head head = architecture.head();
    String pooled = add("avgpool", new Operation.GlobalAveragePool(), x);
    String flat = add("flatten", new Operation.Flatten(), pooled);
    String hidden = add(classifier + ".0", new Operation.Linear(features, head.hidden()), flat);
    String relu = activation(classifier + ".1", hidden, Activation.Function.RELU);
    add(classifier + ".2", new Operation.Linear(head.hidden(), head.embedding()), relu);
    return new NetworkSpec(architecture.family().torchvisionName(), nodes, pooled);
  }
}
