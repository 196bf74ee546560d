package io.bagpipe.model.network;

import java.util.List;

/**
 * One step of a network.
 *
 * @param name unique; torchvision's module name where the operation has parameters
 * @param inputs names of earlier nodes, or {@link NetworkSpec#INPUT}
 */
public record Node(String name, Operation operation, List<String> inputs) {
  public Node {
    inputs = List.copyOf(inputs);
  }

  /** This node's tensors, in PyTorch's order. */
  public List<Parameter> parameters() {
    return operation.parameters(name);
  }
}
