package io.bagpipe.model.engine.graph;

import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A vertex of Deeplearning4j's graph without layer, parameters and masks: what ours share. */
@SuppressWarnings("overrides") // BaseGraphVertex implements a varargs method without the dots
abstract class PlainVertex extends BaseGraphVertex {
  private static final long serialVersionUID = 1L;

  PlainVertex(ComputationGraph graph, String name, int index) {
    super(graph, name, index, null, null, DataType.FLOAT);
  }

  @Override
  public final void setBackpropGradientsViewArray(INDArray view) {
    throw new UnsupportedOperationException("the engine holds the parameters");
  }

  @Override
  public final long numParams() {
    return 0;
  }

  @Override
  public final @Nullable INDArray params() {
    return null;
  }

  @Override
  public final Map<String, INDArray> paramTable(boolean backprop) {
    return Map.of();
  }

  @Override
  public final boolean hasLayer() {
    return false;
  }

  @Override
  public final @Nullable Layer getLayer() {
    return null;
  }

  @Override
  public final @Nullable Pair<INDArray, MaskState> feedForwardMaskArrays(
      INDArray[] masks, MaskState state, int batch) {
    return null;
  }

  @Override
  public final String toString() {
    return vertexName;
  }
}
