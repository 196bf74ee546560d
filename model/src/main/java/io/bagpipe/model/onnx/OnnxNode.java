package io.bagpipe.model.onnx;

import io.bagpipe.model.onnx.proto.AttributeProto;
import io.bagpipe.model.onnx.proto.NodeProto;
import java.util.List;
import java.util.Optional;

/** An operation of a graph, with what ONNX's operator list says of it. Immutable. */
public final class OnnxNode {
  private final NodeProto proto;
  private final TensorReader reader;

  OnnxNode(NodeProto proto, TensorReader reader) {
    this.proto = proto;
    this.reader = reader;
  }

  /** The operator: {@code Conv}. */
  public String type() {
    return proto.getOpType();
  }

  /** Values that it reads; empty where an optional one is left out. */
  public List<String> inputs() {
    return proto.getInputList();
  }

  /** Values that it makes; empty where nobody wants one. */
  public List<String> outputs() {
    return proto.getOutputList();
  }

  /** Of another list of operators than ONNX's own; empty for that. */
  String domain() {
    return proto.getDomain().equals("ai.onnx") ? "" : proto.getDomain();
  }

  /** The attribute, or another value where the node does not say. */
  public long integer(String attribute, long other) {
    return find(attribute).map(AttributeProto::getI).orElse(other);
  }

  public double real(String attribute, double other) {
    return find(attribute).map(a -> (double) a.getF()).orElse(other);
  }

  public String text(String attribute, String other) {
    return find(attribute).map(a -> a.getS().toStringUtf8()).orElse(other);
  }

  public Optional<long[]> integers(String attribute) {
    return find(attribute).map(a -> a.getIntsList().stream().mapToLong(Long::longValue).toArray());
  }

  public Optional<float[]> reals(String attribute) {
    return find(attribute)
        .map(
            a -> {
              float[] values = new float[a.getFloatsCount()];
              for (int i = 0; i < values.length; i++) {
                values[i] = a.getFloats(i);
              }
              return values;
            });
  }

  public Optional<StoredTensor> tensor(String attribute) {
    return find(attribute).map(a -> reader.read(a.getT()));
  }

  public boolean has(String attribute) {
    return find(attribute).isPresent();
  }

  private Optional<AttributeProto> find(String name) {
    return proto.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }

  /** How a line names it: the operator, and the node, or what it makes where it has no name. */
  @Override
  public String toString() {
    String name = proto.getName().isEmpty() ? "that makes " + outputs() : proto.getName();
    return "node " + type() + " " + name;
  }
}
