package io.bagpipe.model.network;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The activations' extent at every node of a network, for images of one size. */
public final class Shapes {
  private final Map<String, Shape> shapes = new HashMap<>();

  /**
   * Follows the nodes.
   *
   * @throws IllegalArgumentException naming the first node whose inputs do not suit it
   */
  Shapes(List<Node> nodes, int inputSize) {
    shapes.put(NetworkSpec.INPUT, new Shape(inputSize, inputSize, NetworkSpec.INPUT_CHANNELS));
    for (Node node : nodes) {
      Shape result;
      try {
        result = node.operation().result(node.inputs().stream().map(this::of).toList());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(node.name() + ": " + e.getMessage(), e);
      }
      if (shapes.putIfAbsent(node.name(), result) != null) {
        throw new IllegalArgumentException("two nodes named " + node.name());
      }
    }
  }

  /** The result of this node, or the image for {@link NetworkSpec#INPUT}. */
  public Shape of(String node) {
    Shape shape = shapes.get(node);
    if (shape == null) {
      throw new IllegalArgumentException("no node named " + node);
    }
    return shape;
  }
}
