package io.bagpipe.model.engine;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Operation.Activation;
import io.bagpipe.model.network.Operation.Convolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Small networks with one kind of layer each, behind a convolution and before a head. */
final class LayerNetworks {
  static final int OUT = 4;
  private static final int CHANNELS = 8;

  private LayerNetworks() {}

  static NetworkSpec of(String kind) {
    List<Node> nodes = new ArrayList<>();
    nodes.add(node("stem", new Convolution(3, CHANNELS, 3, 1, 1, 1, true), NetworkSpec.INPUT));
    switch (kind) {
      case "convolution 3x3" -> nodes.add(node("x", new Convolution(8, 8, 3, 1, 1, 1, false)));
      case "convolution 1x1 stride 2" ->
          nodes.add(node("x", new Convolution(8, 8, 1, 2, 0, 1, false)));
      case "convolution 5x5 stride 2 with bias" ->
          nodes.add(node("x", new Convolution(8, 8, 5, 2, 2, 1, true)));
      case "grouped convolution" -> nodes.add(node("x", new Convolution(8, 8, 3, 1, 1, 2, false)));
      case "depthwise convolution" ->
          nodes.add(node("x", new Convolution(8, 8, 3, 2, 1, 8, false)));
      case "batch norm" -> nodes.add(node("x", norm()));
      case "batch norm + relu" -> {
        nodes.add(node("norm", norm()));
        nodes.add(node("x", new Activation(Activation.Function.RELU), "norm"));
      }
      case "add", "add + relu" -> {
        nodes.add(node("left", new Convolution(8, 8, 3, 1, 1, 1, false)));
        boolean relu = kind.endsWith("relu");
        nodes.add(node(relu ? "sum" : "x", new Operation.Add(), "left", "stem"));
        if (relu) {
          nodes.add(node("x", new Activation(Activation.Function.RELU), "sum"));
        }
      }
      case "scale channels" -> {
        nodes.add(node("mean", new Operation.GlobalAveragePool()));
        nodes.add(node("gate", new Convolution(8, 8, 1, 1, 0, 1, true), "mean"));
        nodes.add(node("sigmoid", new Activation(Activation.Function.SIGMOID), "gate"));
        nodes.add(node("x", new Operation.ScaleChannels(), "stem", "sigmoid"));
      }
      case "max pool" -> nodes.add(node("x", new Operation.MaxPool(3, 2, 1)));
      default ->
          nodes.add(
              node(
                  "x",
                  new Activation(
                      Activation.Function.valueOf(
                          kind.toUpperCase(Locale.ROOT).replace(' ', '_')))));
    }
    nodes.add(node("pool", new Operation.GlobalAveragePool(), "x"));
    nodes.add(node("flat", new Operation.Flatten(), "pool"));
    nodes.add(node("head.0", new Operation.Linear(CHANNELS, 16), "flat"));
    nodes.add(node("head.1", new Activation(Activation.Function.SILU), "head.0"));
    nodes.add(node("head.2", new Operation.Linear(16, OUT), "head.1"));
    return new NetworkSpec(kind, nodes, "pool");
  }

  private static Operation norm() {
    return new Operation.BatchNorm(CHANNELS, 1e-5f, 0.1f);
  }

  private static Node node(String name, Operation operation, String... inputs) {
    return new Node(name, operation, inputs.length == 0 ? List.of("stem") : List.of(inputs));
  }
}
