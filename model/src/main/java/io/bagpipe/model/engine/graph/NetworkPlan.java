package io.bagpipe.model.engine.graph;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Operation.Activation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The nodes of a network as the engine runs them: a ReLU that is alone in reading a batch norm or a
 * sum becomes part of it, and flattening, which moves nothing, goes away.
 */
final class NetworkPlan {

  /**
   * One vertex of the graph.
   *
   * @param node what it computes and whose parameters it holds
   * @param relu whether a ReLU follows within it
   * @param inputs names of other planned nodes, or {@link NetworkSpec#INPUT}
   */
  record Planned(Node node, boolean relu, List<String> inputs) {
    String name() {
      return node.name();
    }
  }

  private final NetworkSpec spec;
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, String> standsFor = new HashMap<>();
  private final Map<String, Integer> index = new HashMap<>();
  private final List<Planned> planned = new ArrayList<>();

  NetworkPlan(NetworkSpec spec) {
    this.spec = spec;
    for (Node node : spec.nodes()) {
      node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
    }
    for (Node node : spec.nodes()) {
      if (node.operation() instanceof Operation.Flatten) {
        standsFor.put(node.name(), vertexOf(node.inputs().get(0)));
      } else if (isRelu(node) && fuses(node.inputs().get(0))) {
        String into = node.inputs().get(0);
        int at = index.getOrDefault(into, -1);
        Planned before = planned.get(at);
        planned.set(at, new Planned(before.node(), true, before.inputs()));
        standsFor.put(node.name(), into);
      } else {
        index.put(node.name(), planned.size());
        List<String> inputs = node.inputs().stream().map(this::vertexOf).toList();
        planned.add(new Planned(node, false, inputs));
      }
    }
  }

  private static boolean isRelu(Node node) {
    return node.operation() instanceof Activation activation
        && activation.function() == Activation.Function.RELU;
  }

  private boolean fuses(String input) {
    Integer at = index.get(input);
    if (at == null || readers.getOrDefault(input, 0) != 1 || input.equals(spec.featureNode())) {
      return false;
    }
    Operation operation = planned.get(at).node().operation();
    return operation instanceof Operation.BatchNorm || operation instanceof Operation.Add;
  }

  /** The planned nodes, each after its inputs. */
  List<Planned> nodes() {
    return planned;
  }

  /** The planned node of this name. */
  Planned node(String vertex) {
    return planned.get(Objects.requireNonNull(index.get(vertex), vertex));
  }

  /** How many inputs of planned nodes a vertex feeds. */
  int readers(String vertex) {
    return (int) planned.stream().flatMap(p -> p.inputs().stream()).filter(vertex::equals).count();
  }

  /** The vertex whose result is the network's embedding. */
  String outputVertex() {
    return vertexOf(spec.outputNode().name());
  }

  /** The vertex whose result is the network's feature. */
  String featureVertex() {
    return vertexOf(spec.featureNode());
  }

  /** Deeplearning4j's graph of these nodes, ready to run; the caller's to close. */
  ComputationGraph graph(Function<Planned, VertexConfiguration> vertices) {
    var builder =
        new NeuralNetConfiguration.Builder()
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .graphBuilder()
            .addInputs(NetworkSpec.INPUT);
    for (Planned node : planned) {
      builder.addVertex(node.name(), vertices.apply(node), node.inputs().toArray(String[]::new));
    }
    ComputationGraph graph =
        new ComputationGraph(
            builder.setOutputs(outputVertex()).validateOutputLayerConfig(false).build());
    graph.init();
    return graph;
  }

  /** The vertex that computes what the node of this name gives. */
  String vertexOf(String node) {
    return standsFor.getOrDefault(node, node);
  }
}
