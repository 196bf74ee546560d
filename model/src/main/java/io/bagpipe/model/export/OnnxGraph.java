package io.bagpipe.model.export;

import io.bagpipe.model.network.Operation;
import io.bagpipe.model.network.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * An ONNX graph under construction. Values are [n, channels, height, width] and carry the name of
 * the node that makes them. Field numbers are those of onnx.proto. Confined to one thread.
 */
final class OnnxGraph {
  private static final int FLOAT = 1;

  /** Of AttributeProto: which field holds the value. */
  private static final int TYPE_FLOAT = 1;

  private static final int TYPE_INT = 2;
  private static final int TYPE_INTS = 7;

  private static final String BATCH_AXIS = "n";

  private final List<ProtoMessage> nodes = new ArrayList<>();
  private final List<ProtoMessage> initialisers = new ArrayList<>();
  private final List<ProtoMessage> inputs = new ArrayList<>();
  private final List<ProtoMessage> outputs = new ArrayList<>();

  /** Adds an input [n, extents...]. */
  void input(String name, int... extents) {
    inputs.add(valueInfo(name, extents));
  }

  /** Adds an output [n, extents...]. */
  void output(String name, int... extents) {
    outputs.add(valueInfo(name, extents));
  }

  /** Adds a constant and returns its name. */
  String initialiser(Tensor tensor) {
    ProtoMessage message = new ProtoMessage();
    for (int extent : tensor.shape()) {
      message.integer(1, extent);
    }
    message.integer(2, FLOAT).string(8, tensor.name()).rawFloats(9, tensor.data());
    initialisers.add(message);
    return tensor.name();
  }

  /** Adds a node of one result, named as the result. */
  void node(String type, String result, List<String> arguments, ProtoMessage... attributes) {
    ProtoMessage message = new ProtoMessage();
    arguments.forEach(argument -> message.string(1, argument));
    message.string(2, result).string(3, result).string(4, type);
    for (ProtoMessage attribute : attributes) {
      message.message(5, attribute);
    }
    nodes.add(message);
  }

  /**
   * Adds what computes one operation of a network.
   *
   * @param arguments names of its inputs' values
   * @param parameters names of its constants, in PyTorch's order
   */
  void operation(
      Operation operation, String result, List<String> arguments, List<String> parameters) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(parameters);
    if (operation instanceof Operation.Convolution c) {
      node(
          "Conv",
          result,
          all,
          ints("kernel_shape", c.kernel(), c.kernel()),
          ints("strides", c.stride(), c.stride()),
          ints("pads", c.padding(), c.padding(), c.padding(), c.padding()),
          integer("group", c.groups()));
    } else if (operation instanceof Operation.BatchNorm norm) {
      node("BatchNormalization", result, all, real("epsilon", norm.epsilon()));
    } else if (operation instanceof Operation.Activation activation) {
      activation(activation.function(), result, all);
    } else if (operation instanceof Operation.Add) {
      node("Add", result, all);
    } else if (operation instanceof Operation.ScaleChannels) {
      node("Mul", result, all);
    } else if (operation instanceof Operation.MaxPool pool) {
      node(
          "MaxPool",
          result,
          all,
          ints("kernel_shape", pool.kernel(), pool.kernel()),
          ints("strides", pool.stride(), pool.stride()),
          ints("pads", pool.padding(), pool.padding(), pool.padding(), pool.padding()));
    } else if (operation instanceof Operation.GlobalAveragePool) {
      node("GlobalAveragePool", result, all);
    } else if (operation instanceof Operation.Flatten) {
      node("Flatten", result, all);
    } else if (operation instanceof Operation.Linear) {
      node("Gemm", result, all, integer("transB", 1));
    } else {
      throw new IllegalArgumentException("no ONNX for " + operation);
    }
  }

  private void activation(
      Operation.Activation.Function function, String result, List<String> arguments) {
    switch (function) {
      case RELU -> node("Relu", result, arguments);
      case HARD_SWISH -> node("HardSwish", result, arguments);
      // ONNX's own default slope is 1/5, PyTorch's is 1/6
      case HARD_SIGMOID ->
          node("HardSigmoid", result, arguments, real("alpha", 1f / 6), real("beta", 0.5f));
      case SIGMOID -> node("Sigmoid", result, arguments);
      case SILU -> {
        String gate = result + ".sigmoid";
        node("Sigmoid", gate, arguments);
        node("Mul", result, List.of(arguments.get(0), gate));
      }
    }
  }

  /** Adds the rows of a matrix brought to length one. */
  void unitRows(String result, String matrix) {
    node("LpNormalization", result, List.of(matrix), integer("axis", 1), integer("p", 2));
  }

  /** The finished GraphProto. */
  ProtoMessage build(String name) {
    return finish(new ProtoMessage().string(2, name));
  }

  /** The same as an addition to another graph. */
  ProtoMessage addition() {
    return finish(new ProtoMessage());
  }

  private ProtoMessage finish(ProtoMessage graph) {
    nodes.forEach(node -> graph.message(1, node));
    initialisers.forEach(initialiser -> graph.message(5, initialiser));
    inputs.forEach(input -> graph.message(11, input));
    outputs.forEach(output -> graph.message(12, output));
    return graph;
  }

  private static ProtoMessage valueInfo(String name, int... extents) {
    ProtoMessage shape = new ProtoMessage().message(1, new ProtoMessage().string(2, BATCH_AXIS));
    for (int extent : extents) {
      shape.message(1, new ProtoMessage().integer(1, extent));
    }
    ProtoMessage tensor = new ProtoMessage().integer(1, FLOAT).message(2, shape);
    return new ProtoMessage().string(1, name).message(2, new ProtoMessage().message(1, tensor));
  }

  private static ProtoMessage real(String name, float value) {
    return new ProtoMessage().string(1, name).real(2, value).integer(20, TYPE_FLOAT);
  }

  private static ProtoMessage integer(String name, long value) {
    return new ProtoMessage().string(1, name).integer(3, value).integer(20, TYPE_INT);
  }

  private static ProtoMessage ints(String name, int... values) {
    ProtoMessage attribute = new ProtoMessage().string(1, name);
    for (int value : values) {
      attribute.integer(8, value);
    }
    return attribute.integer(20, TYPE_INTS);
  }
}
