package io.bagpipe.model.export;

import io.bagpipe.model.network.NetworkSpec;
import io.bagpipe.model.network.Node;
import io.bagpipe.model.network.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;

/** A network in Deeplearning4j's own layers, [n, channels, height, width]. */
final class Dl4jGraph {
  /** The layer that normalises pixels. */
  static final String NORMALISE = "normalised";

  private static final double TINY = 1e-12;

  private final NetworkSpec spec;
  private final boolean head;
  private final GraphBuilder graph;
  private final Map<String, String> names = new HashMap<>();

  private Dl4jGraph(NetworkSpec spec, boolean head) {
    this.spec = spec;
    this.head = head;
    this.graph = new NeuralNetConfiguration.Builder().graphBuilder().addInputs(OnnxModel.PIXELS);
  }

  static ComputationGraphConfiguration of(NetworkSpec spec, List<Node> nodes, boolean head) {
    Dl4jGraph builder = new Dl4jGraph(spec, head);
    builder.graph.addLayer(
        NORMALISE, batchNorm(NetworkSpec.INPUT_CHANNELS, TINY), OnnxModel.PIXELS);
    builder.names.put(NetworkSpec.INPUT, NORMALISE);
    nodes.forEach(builder::add);
    if (head) {
      builder.graph.setOutputs(OnnxModel.FEATURES, OnnxModel.EMBEDDING);
    } else {
      builder.graph.setOutputs(OnnxModel.FEATURES);
    }
    return builder.graph.validateOutputLayerConfig(false).build();
  }

  /** What the graph calls the result of a node. */
  static String nameOf(NetworkSpec spec, Node node, boolean head) {
    return head && node.equals(spec.outputNode()) ? OnnxModel.EMBEDDING : node.name();
  }

  private void add(Node node) {
    String[] inputs = node.inputs().stream().map(this::name).toArray(String[]::new);
    boolean flattens =
        node.operation() instanceof Operation.Flatten
            && node.inputs().get(0).equals(spec.featureNode());
    String name = flattens ? OnnxModel.FEATURES : nameOf(spec, node, head);
    names.put(node.name(), name);
    if (!flattens) {
      add(node.operation(), name, inputs);
    }
    if (node.name().equals(spec.featureNode())) {
      flatten(OnnxModel.FEATURES, spec.featureDimension(), name);
    }
  }

  private String name(String node) {
    String name = names.get(node);
    if (name == null) {
      throw new IllegalArgumentException("no node named " + node + " before its use");
    }
    return name;
  }

  private void add(Operation operation, String name, String... inputs) {
    if (operation instanceof Operation.Convolution convolution) {
      graph.addLayer(name, convolution(name, convolution), inputs);
    } else if (operation instanceof Operation.BatchNorm norm) {
      graph.addLayer(name, batchNorm(norm.channels(), norm.epsilon()), inputs);
    } else if (operation instanceof Operation.Activation activation) {
      activation(activation.function(), name, inputs[0]);
    } else if (operation instanceof Operation.Add) {
      graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), inputs);
    } else if (operation instanceof Operation.ScaleChannels) {
      graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Product), inputs);
    } else if (operation instanceof Operation.MaxPool pool) {
      graph.addLayer(
          name,
          new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
              .kernelSize(pool.kernel(), pool.kernel())
              .stride(pool.stride(), pool.stride())
              .padding(pool.padding(), pool.padding())
              .convolutionMode(ConvolutionMode.Truncate)
              .build(),
          inputs);
    } else if (operation instanceof Operation.GlobalAveragePool) {
      graph.addLayer(
          name,
          new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build(),
          inputs);
    } else if (operation instanceof Operation.Linear linear) {
      graph.addLayer(
          name,
          new DenseLayer.Builder()
              .nIn(linear.in())
              .nOut(linear.out())
              .activation(Activation.IDENTITY)
              .build(),
          inputs);
    } else {
      throw new IllegalArgumentException(
          "Deeplearning4j has no layer for " + name + ": " + operation);
    }
  }

  private static ConvolutionLayer convolution(String name, Operation.Convolution c) {
    if (c.groups() == 1) {
      return new ConvolutionLayer.Builder(c.kernel(), c.kernel())
          .stride(c.stride(), c.stride())
          .padding(c.padding(), c.padding())
          .nIn(c.in())
          .nOut(c.out())
          .hasBias(c.bias())
          .convolutionMode(ConvolutionMode.Truncate)
          .activation(Activation.IDENTITY)
          .build();
    }
    if (c.groups() != c.in() || c.in() != c.out()) {
      throw new IllegalArgumentException(
          "Deeplearning4j has no layer for "
              + name
              + ": a convolution of "
              + c.groups()
              + " groups");
    }
    return new DepthwiseConvolution2D.Builder(c.kernel(), c.kernel())
        .depthMultiplier(1)
        .stride(c.stride(), c.stride())
        .padding(c.padding(), c.padding())
        .nIn(c.in())
        .nOut(c.out())
        .hasBias(c.bias())
        .convolutionMode(ConvolutionMode.Truncate)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static BatchNormalization batchNorm(int channels, double epsilon) {
    return new BatchNormalization.Builder()
        .nIn(channels)
        .nOut(channels)
        .eps(epsilon)
        .useLogStd(false)
        .build();
  }

  private void activation(Operation.Activation.Function function, String name, String input) {
    switch (function) {
      case RELU -> activation(name, Activation.RELU, input);
      case SIGMOID -> activation(name, Activation.SIGMOID, input);
      case SILU -> activation(name, Activation.SWISH, input);
      case HARD_SIGMOID -> hardSigmoid(name, input);
      case HARD_SWISH -> {
        hardSigmoid(name + ".gate", input);
        graph.addVertex(
            name, new ElementWiseVertex(ElementWiseVertex.Op.Product), input, name + ".gate");
      }
    }
  }

  /** PyTorch's relu6(x + 3) / 6; Deeplearning4j's own has another slope. */
  private void hardSigmoid(String name, String input) {
    graph.addVertex(name + ".shifted", new ShiftVertex(3), input);
    activation(name + ".clipped", Activation.RELU6, name + ".shifted");
    graph.addVertex(name, new ScaleVertex(1.0 / 6), name + ".clipped");
  }

  private void activation(String name, Activation function, String input) {
    graph.addLayer(name, new ActivationLayer(function), input);
  }

  private void flatten(String name, int channels, String input) {
    graph.addVertex(
        name, new PreprocessorVertex(new CnnToFeedForwardPreProcessor(1, 1, channels)), input);
  }
}
