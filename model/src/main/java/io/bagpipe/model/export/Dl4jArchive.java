package io.bagpipe.model.export;

import io.bagpipe.model.nativelib.NativeLibraries;
import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A student as an archive of Deeplearning4j's ModelSerializer, in Deeplearning4j's own layers, so
 * that it opens without any class of ours: the engine's layers are bound to its buffers and never
 * leave it. The contract is the ONNX file's: one input [n, 3, size, size] in [0, 1], normalised
 * inside (by a batch norm with fixed statistics); outputs features and, with the head, embedding.
 * For evaluation; without optimiser. Confined to one thread.
 */
public final class Dl4jArchive {
  private Dl4jArchive() {}

  /**
   * Writes a student.
   *
   * @param head whether the projection head goes along
   * @throws IllegalArgumentException if Deeplearning4j has no layer for an operation, naming it
   */
  public static void write(Student student, boolean head, OutputStream out) throws IOException {
    NativeLibraries.prepare();
    NetworkSpec spec = student.spec();
    List<Node> nodes = head ? spec.nodes() : spec.backbone();
    ComputationGraph graph = new ComputationGraph(Dl4jGraph.of(spec, nodes, head));
    graph.init();
    try {
      normalise(graph.getLayer(Dl4jGraph.NORMALISE), student.preprocessing());
      for (Node node : nodes) {
        if (!node.parameters().isEmpty()) {
          fill(graph.getLayer(Dl4jGraph.nameOf(spec, node, head)), node, student.state());
        }
      }
      ModelSerializer.writeModel(graph, out, false);
    } finally {
      graph.close();
    }
  }

  private static void normalise(Layer layer, Preprocessing preprocessing) {
    float[] variance = preprocessing.deviation().clone();
    for (int i = 0; i < variance.length; i++) {
      variance[i] *= variance[i];
    }
    Map<String, INDArray> table = layer.paramTable();
    assign(table, "gamma", new float[] {1, 1, 1}, 1, 3);
    assign(table, "beta", new float[3], 1, 3);
    assign(table, "mean", preprocessing.mean(), 1, 3);
    assign(table, "var", variance, 1, 3);
  }

  private static void fill(Layer layer, Node node, StateDict state) {
    Map<String, INDArray> table = layer.paramTable();
    List<Tensor> tensors = new ArrayList<>();
    node.parameters().forEach(parameter -> tensors.add(state.get(parameter.name())));
    Operation operation = node.operation();
    if (operation instanceof Operation.BatchNorm norm) {
      String[] keys = {"gamma", "beta", "mean", "var"};
      for (int i = 0; i < keys.length; i++) {
        assign(table, keys[i], tensors.get(i).data(), 1, norm.channels());
      }
      return;
    }
    Tensor weight = tensors.get(0);
    long[] shape = new long[weight.shape().length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = weight.shape()[i];
    }
    try (INDArray torch = Nd4j.create(weight.data(), shape, 'c')) {
      if (operation instanceof Operation.Linear) {
        parameter(table, "W").assign(torch.transpose());
      } else if (operation instanceof Operation.Convolution c && c.groups() > 1) {
        // [out, 1, height, width] as Deeplearning4j's [height, width, in, 1]
        parameter(table, "W").assign(torch.permute(2, 3, 0, 1));
      } else {
        parameter(table, "W").assign(torch);
      }
    }
    if (tensors.size() > 1) {
      assign(table, "b", tensors.get(1).data(), 1, tensors.get(1).data().length);
    }
  }

  private static void assign(
      Map<String, INDArray> table, String key, float[] values, long... shape) {
    INDArray target = parameter(table, key);
    try (INDArray source = Nd4j.create(values, shape, 'c')) {
      target.assign(source.castTo(DataType.FLOAT).reshape(target.shape()));
    }
  }

  private static INDArray parameter(Map<String, INDArray> table, String key) {
    INDArray parameter = table.get(key);
    if (parameter == null) {
      throw new IllegalStateException("no parameter " + key + " among " + table.keySet());
    }
    return parameter;
  }
}
