package io.bagpipe.model.engine.graph;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.Shape;
import io.bagpipe.model.network.Shapes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network as a Deeplearning4j graph, one kernel a vertex: plans the kernels, takes the memory,
 * binds them to it, and runs the graph. Owns every array that the kernels work on; the kernels stay
 * their maker's. Confined to the training thread.
 */
final class StudentGraph implements AutoCloseable {
  private final NetworkSpec spec;
  private final NetworkPlan plan;
  private final Shapes shapes;
  private final int batch;
  private final FlatLayout layout;
  private final Map<String, INDArray> results = new HashMap<>();
  private final Map<String, INDArray> running = new HashMap<>();
  private final List<INDArray> owned = new ArrayList<>();
  private final List<Kernel> bound = new ArrayList<>();
  private final INDArray parameters;
  private final INDArray gradients;
  private final INDArray outputGradient;
  private final GradientBuffers gradientBuffers;
  private final ComputationGraph graph;

  StudentGraph(NetworkSpec spec, int inputSize, int batch, Kernels kernels) {
    this.spec = spec;
    this.plan = new NetworkPlan(spec);
    this.shapes = spec.shapes(inputSize);
    this.batch = batch;
    Map<String, KernelPlan> plans = new LinkedHashMap<>();
    Map<String, long[]> extents = new HashMap<>();
    for (NetworkPlan.Planned planned : plan.nodes()) {
      plans.put(planned.name(), kernelPlan(planned, kernels));
      extents.put(planned.name(), extents(planned.name()));
    }
    this.layout = new FlatLayout(plan, plans);
    this.parameters = array(layout.length());
    this.gradients = array(layout.length());
    this.outputGradient = array(extents(spec.outputNode().name()));
    this.gradientBuffers =
        new GradientBuffers(
            new GradientBuffers.Network(plan, plans, extents, outputGradient),
            BackwardOrder.of(plan));
    results.put(NetworkSpec.INPUT, array(extents(NetworkSpec.INPUT)));
    Map<String, VertexConfiguration> vertices = new HashMap<>();
    for (NetworkPlan.Planned planned : plan.nodes()) {
      Buffers buffers = buffers(planned, plans);
      Kernel kernel = Objects.requireNonNull(plans.get(planned.name())).bind(buffers);
      bound.add(kernel);
      vertices.put(
          planned.name(),
          new VertexConfiguration(
              planned.inputs().size(),
              (owner, name, index) -> new KernelVertex(owner, name, index, kernel, buffers)));
    }
    this.graph = plan.graph(planned -> Objects.requireNonNull(vertices.get(planned.name())));
  }

  private KernelPlan kernelPlan(NetworkPlan.Planned planned, Kernels kernels) {
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

  private Buffers buffers(NetworkPlan.Planned planned, Map<String, KernelPlan> plans) {
    List<INDArray> inputs = planned.inputs().stream().map(this::result).toList();
    INDArray output =
        overwritesInput(planned, plans) ? inputs.get(0) : array(extents(planned.name()));
    results.put(planned.name(), output);
    List<INDArray> statistics = new ArrayList<>();
    for (Parameter parameter : planned.node().parameters()) {
      if (!parameter.role().trained()) { // mean and variance, in this order
        INDArray values = array(parameter.size());
        statistics.add(values);
        running.put(parameter.name(), values);
      }
    }
    return new Buffers(
        inputs,
        output,
        gradientBuffers.output(planned.name()),
        gradientBuffers.inputs(planned.name()),
        layout.views(planned.name(), parameters),
        layout.views(planned.name(), gradients),
        statistics);
  }

  /** Whether a result may lie over the first input: nobody else will look at that again. */
  private boolean overwritesInput(NetworkPlan.Planned planned, Map<String, KernelPlan> plans) {
    String input = planned.inputs().get(0);
    KernelPlan producer = plans.get(input);
    return Objects.requireNonNull(plans.get(planned.name())).mayOverwriteInput()
        && producer != null
        && !producer.needsOutput()
        && plan.readers(input) == 1
        && !input.equals(plan.featureVertex());
  }

  private INDArray result(String name) {
    return Objects.requireNonNull(results.get(name), name);
  }

  private long[] extents(String name) {
    Shape shape = shapes.of(name);
    return new long[] {batch, shape.height(), shape.width(), shape.channels()};
  }

  /** Zeros, closed with this. */
  private INDArray array(long... extents) {
    INDArray array = Nd4j.create(DataType.FLOAT, extents);
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
    bound.forEach(Kernel::parametersChanged);
  }

  FlatLayout layout() {
    return layout;
  }

  INDArray input() {
    return result(NetworkSpec.INPUT);
  }

  INDArray output() {
    return result(plan.outputVertex());
  }

  INDArray outputGradient() {
    return outputGradient;
  }

  INDArray features() {
    return result(plan.featureVertex());
  }

  INDArray parameters() {
    return parameters;
  }

  /** Of the last backward pass. */
  INDArray gradients() {
    return gradients;
  }

  /** A running mean or variance. */
  INDArray running(Parameter parameter) {
    return Objects.requireNonNull(running.get(parameter.name()), parameter.name());
  }

  @Override
  public String toString() {
    return spec.name();
  }

  @Override
  public void close() {
    graph.close();
    gradientBuffers.close();
    owned.forEach(INDArray::close);
  }
}
