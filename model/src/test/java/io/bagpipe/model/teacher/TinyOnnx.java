package io.bagpipe.model.teacher;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes the smallest ONNX files that a test needs: features is the mean of each channel, embedding
 * the same. Field numbers are those of onnx.proto3.
 */
final class TinyOnnx {
  static final int FLOAT = 1;
  static final int DOUBLE = 11;

  String input = "pixels";
  String features = "features";
  String embedding = "embedding";
  int type = FLOAT;
  boolean keepDimensions;
  boolean single;
  Map<String, String> metadata = Map.of();

  /** Batch, channels, height, width; 0 leaves an extent open. */
  int[] shape = {0, 3, 4, 4};

  byte[] bytes() {
    Message graph = new Message();
    graph.add(1, reduceMean(features));
    if (!single) {
      graph.add(1, reduceMean(embedding));
    }
    graph.add(2, "tiny");
    graph.add(11, value(input, shape));
    int[] open = keepDimensions ? new int[] {0, 3, 1, 1} : new int[] {0, 3};
    graph.add(12, value(features, open));
    if (!single) {
      graph.add(12, value(embedding, open));
    }
    Message model = new Message().add(1, 7).add(8, new Message().add(2, 13)).add(7, graph);
    metadata.forEach((key, value) -> model.add(14, new Message().add(1, key).add(2, value)));
    return model.bytes();
  }

  private Message reduceMean(String output) {
    Message axes = new Message().add(1, "axes").add(20, 7).add(8, 2).add(8, 3);
    Message keep = new Message().add(1, "keepdims").add(20, 2).add(3, keepDimensions ? 1 : 0);
    return new Message()
        .add(1, input)
        .add(2, output)
        .add(4, "ReduceMean")
        .add(5, axes)
        .add(5, keep);
  }

  private Message value(String name, int... extents) {
    Message dimensions = new Message();
    for (int extent : extents) {
      dimensions.add(1, extent > 0 ? new Message().add(1, extent) : new Message().add(2, "n"));
    }
    Message tensor = new Message().add(1, type).add(2, dimensions);
    return new Message().add(1, name).add(2, new Message().add(1, tensor));
  }

  /** A protobuf message being written. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message add(int field, long value) {
      varint(field << 3);
      varint(value);
      return this;
    }

    Message add(int field, String value) {
      return add(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message add(int field, Message value) {
      return add(field, value.bytes());
    }

    private Message add(int field, byte[] value) {
      varint((field << 3) | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      while (value > 127) {
        out.write((int) ((value & 127) | 128));
        value >>>= 7;
      }
      out.write((int) value);
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
