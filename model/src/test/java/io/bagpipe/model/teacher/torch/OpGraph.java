package io.bagpipe.model.teacher.torch;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.bagpipe.model.onnx.proto.AttributeProto;
import io.bagpipe.model.onnx.proto.GraphProto;
import io.bagpipe.model.onnx.proto.ModelProto;
import io.bagpipe.model.onnx.proto.NodeProto;
import io.bagpipe.model.onnx.proto.OperatorSetIdProto;
import io.bagpipe.model.onnx.proto.TensorProto;
import io.bagpipe.model.onnx.proto.TensorShapeProto;
import io.bagpipe.model.onnx.proto.TensorShapeProto.Dimension;
import io.bagpipe.model.onnx.proto.TypeProto;
import io.bagpipe.model.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A small teacher of a few nodes: input pixels [n, 3, 8, 8], outputs features and embedding. */
final class OpGraph {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final GraphProto.Builder graph =
      GraphProto.newBuilder().addInput(value("pixels", 3, 8, 8));
  private final int opset;
  private final Random random = new Random(9);

  OpGraph(int opset) {
    this.opset = opset;
  }

  /** Names of inputs and, last, of results; several of either are parted by commas. */
  OpGraph node(String type, String inputs, String outputs, AttributeProto... attributes) {
    return node("", type, inputs, outputs, attributes);
  }

  OpGraph node(
      String name, String type, String inputs, String outputs, AttributeProto... attributes) {
    NodeProto.Builder node = NodeProto.newBuilder().setName(name).setOpType(type);
    if (!inputs.isEmpty()) {
      node.addAllInput(List.of(inputs.split(",", -1)));
    }
    node.addAllOutput(List.of(outputs.split(",", -1)));
    graph.addNode(node.addAllAttribute(List.of(attributes)));
    return this;
  }

  /** A float32 constant of random values about 0. */
  OpGraph weights(String name, long... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    long size = 1;
    for (long extent : shape) {
      tensor.addDims(extent);
      size *= extent;
    }
    for (int i = 0; i < size; i++) {
      tensor.addFloatData((float) random.nextGaussian());
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** A float32 vector, or, of one value, a scalar. */
  OpGraph reals(String name, double... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    if (values.length > 1) {
      tensor.addDims(values.length);
    }
    for (double value : values) {
      tensor.addFloatData((float) value);
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** An int64 vector. */
  OpGraph whole(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(INT64).addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    graph.addInitializer(tensor);
    return this;
  }

  /** An int64 scalar. */
  OpGraph one(String name, long value) {
    graph.addInitializer(
        TensorProto.newBuilder().setName(name).setDataType(INT64).addInt64Data(value));
    return this;
  }

  /** Both outputs are this value, flattened. */
  OpGraph flat(String value) {
    return node("Flatten", value, "features").node("Flatten", value, "embedding");
  }

  byte[] bytes() {
    graph.addOutput(open("features")).addOutput(open("embedding"));
    byte[] model =
        ModelProto.newBuilder()
            .setGraph(graph)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
            .build()
            .toByteArray();
    // field 1, the file format's version, which we do not read
    byte[] file = new byte[model.length + 2];
    file[0] = 8;
    file[1] = 8;
    System.arraycopy(model, 0, file, 2, model.length);
    return file;
  }

  private static ValueInfoProto value(String name, long... extents) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(Dimension.newBuilder());
    for (long extent : extents) {
      shape.addDim(Dimension.newBuilder().setDimValue(extent));
    }
    return info(name, shape.build());
  }

  private static ValueInfoProto open(String name) {
    return info(
        name,
        TensorShapeProto.newBuilder()
            .addDim(Dimension.newBuilder())
            .addDim(Dimension.newBuilder())
            .build());
  }

  private static ValueInfoProto info(String name, TensorShapeProto shape) {
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  static AttributeProto ints(String name, long... values) {
    List<Long> list = new ArrayList<>();
    for (long value : values) {
      list.add(value);
    }
    return typed(AttributeProto.newBuilder().setName(name).addAllInts(list), 7);
  }

  static AttributeProto integer(String name, long value) {
    return typed(AttributeProto.newBuilder().setName(name).setI(value), 2);
  }

  static AttributeProto real(String name, double value) {
    return typed(AttributeProto.newBuilder().setName(name).setF((float) value), 1);
  }

  static AttributeProto text(String name, String value) {
    return typed(AttributeProto.newBuilder().setName(name).setS(ByteString.copyFromUtf8(value)), 3);
  }

  /** Field 20, the type, which we do not read. */
  private static AttributeProto typed(AttributeProto.Builder attribute, int type) {
    UnknownFieldSet.Field field = UnknownFieldSet.Field.newBuilder().addVarint(type).build();
    return attribute
        .setUnknownFields(UnknownFieldSet.newBuilder().addField(20, field).build())
        .build();
  }
}
