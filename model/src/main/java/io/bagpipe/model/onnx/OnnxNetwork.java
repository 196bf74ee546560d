package io.bagpipe.model.onnx;

import io.bagpipe.model.onnx.proto.GraphProto;
import io.bagpipe.model.onnx.proto.ModelProto;
import io.bagpipe.model.onnx.proto.OperatorSetIdProto;
import io.bagpipe.model.onnx.proto.StringStringEntryProto;
import io.bagpipe.model.onnx.proto.TensorProto;
import io.bagpipe.model.onnx.proto.TypeProto;
import io.bagpipe.model.onnx.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph: its constants by name, its nodes in an order in which they can be run, each value made
 * once and before it is read. Immutable.
 */
public final class OnnxNetwork {
  /** Of the operators whose meaning in these versions is known here. */
  private static final long OLDEST_OPSET = 9;

  private static final long NEWEST_OPSET = 24;

  private final long opset;
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, StoredTensor> constants = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Value> inputs;
  private final List<Value> outputs;

  /**
   * An input or output.
   *
   * @param type ONNX's number; 1 is float32
   * @param shape 0 or less where it is open; empty where nothing is said
   */
  public record Value(String name, int type, long[] shape) {
    /** float32. */
    public static final int FLOAT = 1;

    private static Value of(ValueInfoProto info) {
      TypeProto.Tensor tensor = info.getType().getTensorType();
      long[] shape =
          tensor.getShape().getDimList().stream().mapToLong(d -> d.getDimValue()).toArray();
      return new Value(info.getName(), tensor.getElemType(), shape);
    }
  }

  /**
   * Checks a file's graph.
   *
   * @throws OnnxException if it is none
   */
  OnnxNetwork(ModelProto model, TensorReader reader) {
    this.opset =
        model.getOpsetImportList().stream()
            .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
            .mapToLong(OperatorSetIdProto::getVersion)
            .max()
            .orElseThrow(() -> new OnnxException("it says no version of ONNX's operators"));
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw new OnnxException(
          "operators of version " + opset + "; read here: " + OLDEST_OPSET + " to " + NEWEST_OPSET);
    }
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    GraphProto graph = model.getGraph();
    for (TensorProto constant : graph.getInitializerList()) {
      constants.put(constant.getName(), reader.read(constant));
    }
    this.inputs =
        graph.getInputList().stream()
            .map(Value::of)
            .filter(value -> !constants.containsKey(value.name()))
            .toList();
    this.outputs = graph.getOutputList().stream().map(Value::of).toList();
    graph.getNodeList().forEach(node -> nodes.add(new OnnxNode(node, reader)));
    check();
  }

  private void check() {
    Set<String> known = new HashSet<>(constants.keySet());
    inputs.forEach(input -> known.add(input.name()));
    for (OnnxNode node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !known.contains(input)) {
          throw new OnnxException(node + " reads " + input + ", which nothing before it makes");
        }
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !known.add(output)) {
          throw new OnnxException(node + " makes " + output + ", which is there already");
        }
      }
    }
    for (Value output : outputs) {
      if (!known.contains(output.name())) {
        throw new OnnxException("nothing makes output " + output.name());
      }
    }
  }

  /** Version of the operators. */
  public long opset() {
    return opset;
  }

  /** What the file says of itself; of a key that comes twice the last. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** What has to be given, constants excluded. */
  public List<Value> inputs() {
    return inputs;
  }

  public List<Value> outputs() {
    return outputs;
  }

  /** A constant of the file. */
  public Optional<StoredTensor> constant(String name) {
    return Optional.ofNullable(constants.get(name));
  }

  /**
   * Nodes that these values need, in order.
   *
   * @throws OnnxException if one of them is of another list of operators than ONNX's own
   */
  public List<OnnxNode> neededFor(Collection<String> values) {
    Map<String, OnnxNode> makers = new LinkedHashMap<>();
    nodes.forEach(node -> node.outputs().forEach(output -> makers.put(output, node)));
    makers.remove(""); // a result that is left out, or an input that is
    Set<OnnxNode> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<String> open = new ArrayDeque<>(values);
    while (!open.isEmpty()) {
      OnnxNode maker = makers.get(open.remove());
      if (maker != null && needed.add(maker)) {
        if (!maker.domain().isEmpty()) {
          throw new OnnxException(maker + " of " + maker.domain() + ", not of ONNX's operators");
        }
        open.addAll(maker.inputs());
      }
    }
    return nodes.stream().filter(needed::contains).toList();
  }
}
