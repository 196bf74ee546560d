package io.bagpipe.model.engine.graph;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Deeplearning4j's description of a vertex of ours. It lives and dies with its engine: what leaves
 * an engine is a state dict, never this.
 */
final class VertexConfiguration extends GraphVertex {
  private static final long serialVersionUID = 1L;

  private final int inputs;
  private final transient Maker maker;

  /** Makes the vertex when its graph is made. */
  interface Maker {
    PlainVertex make(ComputationGraph graph, String name, int index);
  }

  VertexConfiguration(int inputs, Maker maker) {
    this.inputs = inputs;
    this.maker = maker;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType type) {
    return maker.make(graph, name, index);
  }

  @Override
  public long numParams(boolean backprop) {
    return 0;
  }

  @Override
  public int minVertexInputs() {
    return inputs;
  }

  @Override
  public int maxVertexInputs() {
    return inputs;
  }

  /** What it makes is one of a kind, so a clone is the same. */
  @Override
  public GraphVertex clone() {
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputTypes) {
    throw new UnsupportedOperationException("shapes come from the NetworkSpec");
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputTypes) {
    throw new UnsupportedOperationException("buffers are planned by the engine");
  }
}
