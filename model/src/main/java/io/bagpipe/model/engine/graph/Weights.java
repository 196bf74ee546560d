package io.bagpipe.model.engine.graph;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A second set of a graph's weights in the graph's own layout: trained parameters as one vector,
 * running statistics each for itself. Owns its arrays, all of them made at the start. Confined to
 * the training thread.
 */
final class Weights implements AutoCloseable {
  /** An array of the graph, its counterpart here, and room to exchange them. */
  private record Pair(INDArray graphs, INDArray own, INDArray spare) {
    static Pair copyOf(INDArray array) {
      INDArray own = array.ulike();
      own.assign(array);
      return new Pair(array, own, array.ulike());
    }

    void exchange() {
      spare.assign(graphs);
      graphs.assign(own);
      own.assign(spare);
    }
  }

  private final Pair parameters;
  private final List<Pair> all = new ArrayList<>();

  /** A copy of the graph's. */
  Weights(NetworkSpec spec, StudentGraph graph) {
    this.parameters = Pair.copyOf(graph.parameters());
    all.add(parameters);
    for (Parameter parameter : spec.parameters()) {
      if (!parameter.role().trained()) {
        all.add(Pair.copyOf(graph.running(parameter)));
      }
    }
  }

  /** Puts these into the graph, and the graph's here; twice is not at all. */
  void exchange() {
    all.forEach(Pair::exchange);
  }

  /** own = momentum · own + (1 - momentum) · the graph's, trained parameters only. */
  void follow(float momentum) {
    parameters.spare().assign(parameters.graphs()).muli(1 - momentum);
    parameters.own().muli(momentum).addi(parameters.spare());
  }

  @Override
  public void close() {
    for (Pair pair : all) {
      pair.own().close();
      pair.spare().close();
    }
  }
}
