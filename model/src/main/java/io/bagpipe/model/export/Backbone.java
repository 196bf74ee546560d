package io.bagpipe.model.export;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A network up to its pooled features: what is left when the head is taken off. */
final class Backbone {
  private Backbone() {}

  /** The nodes that the features depend on, in the network's order. */
  static List<Node> nodes(NetworkSpec spec) {
    Set<String> needed = new HashSet<>(Set.of(spec.featureNode()));
    for (int i = spec.nodes().size() - 1; i >= 0; i--) {
      Node node = spec.nodes().get(i);
      if (needed.contains(node.name())) {
        needed.addAll(node.inputs());
      }
    }
    return spec.nodes().stream().filter(node -> needed.contains(node.name())).toList();
  }
}
