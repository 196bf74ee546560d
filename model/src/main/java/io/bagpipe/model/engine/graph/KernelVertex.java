package io.bagpipe.model.engine.graph;

import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A vertex of Deeplearning4j's graph that runs a kernel of ours on buffers of the engine's. The
 * graph says when, and sums what several readers of one result send back.
 */
@SuppressWarnings("overrides") // BaseGraphVertex implements a varargs method without the dots
final class KernelVertex extends PlainVertex {
  private static final long serialVersionUID = 1L;

  private final transient Kernel kernel;
  private final transient Buffers buffers;

  KernelVertex(ComputationGraph graph, String name, int index, Kernel kernel, Buffers buffers) {
    super(graph, name, index);
    this.kernel = kernel;
    this.buffers = buffers;
  }

  @Override
  public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
    kernel.forward(training);
    return buffers.output();
  }

  @Override
  public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
    kernel.backward();
    return new Pair<>(null, buffers.inputGradients());
  }
}
