package io.bagpipe.model.export;

import io.bagpipe.model.network.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link OnnxModel} has written, read back: metadata and constants, not the graph, which
 * follows from the architecture. Field numbers are those of onnx.proto.
 *
 * @param metadata by key
 * @param tensors float32 constants by name
 */
record OnnxWeights(Map<String, String> metadata, Map<String, Tensor> tensors) {
  private static final int FLOAT = 1;

  /**
   * Reads a file.
   *
   * @throws ModelFileException if it is no ONNX file
   */
  static OnnxWeights read(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new ModelFileException(path, "an ONNX file ends at 2 GiB");
      }
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      Map<String, String> metadata = new HashMap<>();
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      ProtoReader model = new ProtoReader(bytes);
      while (model.next()) {
        switch (model.field()) {
          case 7 -> graph(model.bytes(), tensors);
          case 14 -> property(model.bytes(), metadata);
          default -> {
            // versions and producer
          }
        }
      }
      return new OnnxWeights(metadata, tensors);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(path, "no ONNX file: " + e.getMessage(), e);
    }
  }

  private static void property(ByteBuffer bytes, Map<String, String> metadata) {
    ProtoReader property = new ProtoReader(bytes);
    String key = "";
    String value = "";
    while (property.next()) {
      key = property.field() == 1 ? property.string() : key;
      value = property.field() == 2 ? property.string() : value;
    }
    metadata.put(key, value);
  }

  private static void graph(ByteBuffer bytes, Map<String, Tensor> tensors) {
    ProtoReader graph = new ProtoReader(bytes);
    while (graph.next()) {
      if (graph.field() == 5) {
        tensor(graph.bytes(), tensors);
      }
    }
  }

  private static void tensor(ByteBuffer bytes, Map<String, Tensor> tensors) {
    ProtoReader proto = new ProtoReader(bytes);
    List<Integer> shape = new ArrayList<>();
    long type = 0;
    String name = "";
    float[] values = {};
    while (proto.next()) {
      switch (proto.field()) {
        case 1 -> shape.add(Math.toIntExact(proto.integer()));
        case 2 -> type = proto.integer();
        case 8 -> name = proto.string();
        case 9 -> {
          values = new float[proto.bytes().remaining() / Float.BYTES];
          proto.bytes().asFloatBuffer().get(values);
        }
        default -> {
          // data in another form: not ours
        }
      }
    }
    if (type == FLOAT) {
      tensors.put(
          name, new Tensor(name, shape.stream().mapToInt(Integer::intValue).toArray(), values));
    }
  }
}
