package io.bagpipe.model.engine.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How Deeplearning4j walks a network backwards, asked of Deeplearning4j itself: a graph of the same
 * vertices runs once on single numbers, and every vertex notes when it is called and whose array it
 * finds its gradient in. Of several gradients for one result the graph keeps one array and adds the
 * others to it; which one is its own affair, and decides what memory may be shared.
 */
final class BackwardOrder {
  /** The gradient that a vertex sends to the vertex behind one of its inputs. */
  record Sent(String vertex, int input) {}

  /**
   * A vertex's turn.
   *
   * @param received whose array holds the sum of its result's gradients; null for the network's
   *     output, whose gradient comes from outside
   */
  record Visit(String vertex, @Nullable Sent received) {}

  private final List<Visit> visits = new ArrayList<>();
  private final IdentityHashMap<INDArray, Sent> sent = new IdentityHashMap<>();
  private final NetworkPlan plan;

  private BackwardOrder(NetworkPlan plan) {
    this.plan = plan;
  }

  /** The turns in their order, one for each planned node. */
  static List<Visit> of(NetworkPlan plan) {
    BackwardOrder order = new BackwardOrder(plan);
    ComputationGraph graph =
        plan.graph(
            planned ->
                new VertexConfiguration(
                    planned.inputs().size(),
                    (owner, name, index) -> new Probe(owner, order, planned, index)));
    graph.output(true, one());
    graph.backpropGradient(one());
    graph.close();
    if (order.visits.size() != plan.nodes().size()) {
      throw new IllegalStateException(
          "Deeplearning4j visits " + order.visits.size() + " of " + plan.nodes().size() + " nodes");
    }
    return order.visits;
  }

  private static INDArray one() {
    return Nd4j.ones(DataType.FLOAT, 1, 1, 1, 1);
  }

  /** Computes nothing: it passes on single numbers, and takes notes. */
  @SuppressWarnings("overrides") // BaseGraphVertex implements a varargs method without the dots
  private static final class Probe extends PlainVertex {
    private static final long serialVersionUID = 1L;

    private final transient BackwardOrder order;
    private final transient NetworkPlan.Planned planned;

    Probe(ComputationGraph graph, BackwardOrder order, NetworkPlan.Planned planned, int index) {
      super(graph, planned.name(), index);
      this.order = order;
      this.planned = planned;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      return one();
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      INDArray gradient = getEpsilon();
      Sent received = order.sent.get(gradient);
      int expected = Math.max(1, order.plan.readers(planned.name()));
      if (gradient.getInt(0) != expected || (received == null) != isOutputVertex()) {
        throw new IllegalStateException(
            planned.name() + ": Deeplearning4j does not sum the gradients of its readers in place");
      }
      order.visits.add(new Visit(planned.name(), received));
      INDArray[] gradients = new INDArray[planned.inputs().size()];
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] = one();
        order.sent.put(gradients[i], new Sent(planned.name(), i));
      }
      return new Pair<>(null, gradients);
    }
  }
}
