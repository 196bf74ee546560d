package io.bagpipe.model.engine;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.Shape;
import io.bagpipe.model.network.Shapes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Builds a Deeplearning4j graph from a spec, one kernel a vertex, gives every kernel its buffers,
 * and runs the graph. Owns the buffers.
 */
final class StudentGraph implements AutoCloseable {
  private final NetworkSpec spec;
  private final NetworkPlan plan;
  private final Shapes shapes;
  private final int batch;
  private final Kernels kernels;
  private final ComputationGraph graph;
  private final Map<String, KernelVertex> vertices = new HashMap<>();
  private final Map<String, INDArray> results = new HashMap<>();
  private final List<INDArray> owned = new ArrayList<>();
  private final Map<String, INDArray> running = new HashMap<>();
  private final INDArray outputGradient;
  private final GradientBuffers gradientBuffers;

  StudentGraph(NetworkSpec spec, int inputSize, int batch, Kernels kernels) {
    this.spec = spec;
    this.plan = new NetworkPlan(spec);
    this.shapes = spec.shapes(inputSize);
    this.batch = batch;
    this.kernels = kernels;
    this.graph = new ComputationGraph(configuration());
    graph.init();
    graph.initGradientsView();
    for (GraphVertex vertex : graph.getVertices()) {
      if (vertex instanceof KernelVertex ours) {
        vertices.put(ours.getVertexName(), ours);
      }
    }
    this.outputGradient = array(spec.outputNode().name());
    this.gradientBuffers = planGradients();
    results.put(NetworkSpec.INPUT, array(NetworkSpec.INPUT));
    plan.nodes().forEach(this::bind);
  }

  private ComputationGraphConfiguration configuration() {
    var builder =
        new NeuralNetConfiguration.Builder()
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .graphBuilder()
            .addInputs(NetworkSpec.INPUT);
    for (NetworkPlan.Planned planned : plan.nodes()) {
      var vertex = new KernelVertexConfiguration(kernel(planned), planned.inputs().size());
      builder.addVertex(planned.name(), vertex, planned.inputs().toArray(String[]::new));
    }
    return builder
        .setOutputs(plan.vertexOf(spec.outputNode().name()))
        .validateOutputLayerConfig(false)
        .build();
  }

  private Kernel kernel(NetworkPlan.Planned planned) {
    Node node = planned.node();
    Shape in = shapes.of(planned.inputs().get(0));
    Shape out = shapes.of(node.name());
    Operation operation = node.operation();
    if (operation instanceof Operation.Convolution convolution) {
      boolean inputGradient = !planned.inputs().contains(NetworkSpec.INPUT);
      return kernels.convolution(convolution, in, out, inputGradient);
    } else if (operation instanceof Operation.BatchNorm norm) {
      return kernels.batchNorm(norm, in, planned.relu());
    } else if (operation instanceof Operation.Activation activation) {
      return kernels.activation(activation.function(), in);
    } else if (operation instanceof Operation.Add) {
      return kernels.add(in, planned.relu());
    } else if (operation instanceof Operation.ScaleChannels) {
      return kernels.scaleChannels(in);
    } else if (operation instanceof Operation.MaxPool pool) {
      return kernels.maxPool(pool, in, out);
    } else if (operation instanceof Operation.GlobalAveragePool) {
      return kernels.globalAveragePool(in);
    } else if (operation instanceof Operation.Linear linear) {
      return kernels.linear(linear);
    }
    throw new IllegalArgumentException(node.name() + ": no kernel for " + operation);
  }

  private GradientBuffers planGradients() {
    Map<Integer, long[]> extents = new HashMap<>();
    vertices.forEach((name, vertex) -> extents.put(vertex.getVertexIndex(), extents(name)));
    return new GradientBuffers(
        graph.getVertices(), graph.topologicalSortOrder(), extents, outputGradient);
  }

  private void bind(NetworkPlan.Planned planned) {
    KernelVertex vertex = Bound.of(vertices.get(planned.name()));
    List<INDArray> inputs = planned.inputs().stream().map(this::result).toList();
    INDArray output = overwritesInput(planned) ? inputs.get(0) : array(planned.name());
    results.put(planned.name(), output);
    vertex.bind(
        new Buffers(
            inputs,
            output,
            gradientBuffers.output(vertex),
            gradientBuffers.inputs(vertex),
            vertex.parameterViews(),
            vertex.gradientViews()));
    List<INDArray> statistics = vertex.kernel().runningStatistics();
    for (Parameter parameter : planned.node().parameters()) {
      switch (parameter.role()) {
        case RUNNING_MEAN -> running.put(parameter.name(), statistics.get(0));
        case RUNNING_VARIANCE -> running.put(parameter.name(), statistics.get(1));
        case WEIGHT, BIAS -> {}
      }
    }
  }

  /** Whether a result may lie over the first input: nobody else will look at that again. */
  private boolean overwritesInput(NetworkPlan.Planned planned) {
    String input = planned.inputs().get(0);
    KernelVertex producer = vertices.get(input);
    return Bound.of(vertices.get(planned.name())).kernel().mayOverwriteInput()
        && producer != null
        && !producer.kernel().needsOutput()
        && producer.getNumOutputConnections() == 1
        && !input.equals(plan.vertexOf(spec.featureNode()));
  }

  private INDArray result(String name) {
    return Bound.of(results.get(name));
  }

  private long[] extents(String name) {
    Shape shape = shapes.of(name);
    return new long[] {batch, shape.height(), shape.width(), shape.channels()};
  }

  private INDArray array(String name) {
    INDArray array = Nd4j.create(DataType.FLOAT, extents(name));
    owned.add(array);
    return array;
  }

  void forward(boolean training) {
    graph.output(training, input());
  }

  void backward() {
    graph.backpropGradient(outputGradient);
  }

  void parametersChanged() {
    vertices.values().forEach(vertex -> vertex.kernel().parametersChanged());
  }

  INDArray input() {
    return result(NetworkSpec.INPUT);
  }

  INDArray output() {
    return result(plan.vertexOf(spec.outputNode().name()));
  }

  INDArray outputGradient() {
    return outputGradient;
  }

  INDArray features() {
    return result(plan.vertexOf(spec.featureNode()));
  }

  INDArray parameters() {
    return flat(graph.params());
  }

  /** Of the last backward pass. */
  INDArray gradients() {
    return flat(graph.getFlattenedGradients());
  }

  /** Deeplearning4j's flat vectors come as rows of a matrix, sometimes. */
  private static INDArray flat(INDArray vector) {
    return vector.reshape(vector.length());
  }

  INDArray running(Parameter parameter) {
    return Bound.of(running.get(parameter.name()));
  }

  /** Where a trained parameter lies in a flat vector, and how. */
  record Trained(StoredParameter stored, long from) {
    private INDArray view(INDArray flat) {
      return KernelVertex.part(flat, from, stored.size());
    }

    float[] in(INDArray flat) {
      return stored.plain(view(flat));
    }

    void store(float[] values, INDArray flat) {
      stored.store(values, view(flat));
    }
  }

  /** The trained parameters by name. */
  Map<String, Trained> trained() {
    Map<String, Trained> trained = new HashMap<>();
    long from = 0;
    for (int index : graph.topologicalSortOrder()) { // the order of Deeplearning4j's flat vectors
      if (graph.getVertices()[index] instanceof KernelVertex vertex) {
        Node node = node(vertex.getVertexName());
        List<Parameter> parameters =
            node.parameters().stream().filter(p -> p.role().trained()).toList();
        List<StoredParameter> stored = vertex.kernel().parameters();
        for (int i = 0; i < stored.size(); i++) {
          trained.put(parameters.get(i).name(), new Trained(stored.get(i), from));
          from += KernelVertex.aligned(stored.get(i));
        }
      }
    }
    return trained;
  }

  private Node node(String name) {
    return plan.nodes().stream()
        .map(NetworkPlan.Planned::node)
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    graph.close();
    gradientBuffers.close();
    owned.forEach(INDArray::close);
  }
}
