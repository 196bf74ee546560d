package io.bagpipe.model.engine;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Deeplearning4j's description of a vertex that runs a kernel of ours. It lives and dies with its
 * engine: what leaves an engine is a state dict, never this.
 */
final class KernelVertexConfiguration extends GraphVertex {
  private static final long serialVersionUID = 1L;

  private final transient Kernel kernel;
  private final int inputs;

  KernelVertexConfiguration(Kernel kernel, int inputs) {
    this.kernel = kernel;
    this.inputs = inputs;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType type) {
    return new KernelVertex(graph, name, index, kernel, parameters);
  }

  @Override
  public long numParams(boolean backprop) {
    return kernel.parameters().stream().mapToLong(KernelVertex::aligned).sum();
  }

  @Override
  public int minVertexInputs() {
    return inputs;
  }

  @Override
  public int maxVertexInputs() {
    return inputs;
  }

  /** The kernel is one of a kind, so a clone is the same. */
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
