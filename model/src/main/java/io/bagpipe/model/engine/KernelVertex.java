package io.bagpipe.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A vertex of Deeplearning4j's graph that runs a kernel of ours on buffers of its own. The graph
 * says when, holds parameters and gradients in its flat vectors, and sums what several readers of
 * one result send back.
 */
@SuppressWarnings("overrides") // BaseGraphVertex implements a varargs method without the dots
final class KernelVertex extends BaseGraphVertex {
  private static final long serialVersionUID = 1L;

  /** Parameters start at whole cache lines. */
  private static final long ALIGNMENT = 16;

  private final transient Kernel kernel;
  private final INDArray parameters;
  private @Nullable INDArray gradients;
  private transient @Nullable Buffers buffers;

  KernelVertex(ComputationGraph graph, String name, int index, Kernel kernel, INDArray parameters) {
    super(graph, name, index, null, null, DataType.FLOAT);
    this.kernel = kernel;
    this.parameters = parameters;
  }

  static long aligned(StoredParameter parameter) {
    return (parameter.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** A view of a part of a flat vector. */
  static INDArray part(INDArray flat, long from, long size) {
    return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, from + size));
  }

  Kernel kernel() {
    return kernel;
  }

  /** This vertex's stretch of a flat vector, cut into the kernel's parameters. */
  List<INDArray> cut(INDArray stretch) {
    List<INDArray> pieces = new ArrayList<>();
    long from = 0;
    for (StoredParameter parameter : kernel.parameters()) {
      pieces.add(part(stretch, from, parameter.size()));
      from += aligned(parameter);
    }
    return pieces;
  }

  List<INDArray> parameterViews() {
    return kernel.parameters().isEmpty() ? List.of() : cut(parameters);
  }

  List<INDArray> gradientViews() {
    return kernel.parameters().isEmpty() ? List.of() : cut(Bound.of(gradients));
  }

  void bind(Buffers bound) {
    buffers = bound;
    kernel.bind(bound);
  }

  INDArray result() {
    return Bound.of(buffers).output();
  }

  @Override
  public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
    kernel.forward(training);
    return result();
  }

  @Override
  public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
    kernel.backward();
    return new Pair<>(null, Bound.of(buffers).inputGradients());
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray view) {
    gradients = view;
  }

  @Override
  public long numParams() {
    return kernel.parameters().stream().mapToLong(KernelVertex::aligned).sum();
  }

  @Override
  public INDArray params() {
    return parameters;
  }

  @Override
  public Map<String, INDArray> paramTable(boolean backprop) {
    return Map.of();
  }

  @Override
  public boolean hasLayer() {
    return false;
  }

  @Override
  public @Nullable Layer getLayer() {
    return null;
  }

  @Override
  public @Nullable Pair<INDArray, MaskState> feedForwardMaskArrays(
      INDArray[] masks, MaskState state, int batch) {
    return null;
  }

  @Override
  public String toString() {
    return vertexName;
  }
}
