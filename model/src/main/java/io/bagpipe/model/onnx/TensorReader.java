package io.bagpipe.model.onnx;

import io.bagpipe.model.onnx.proto.StringStringEntryProto;
import io.bagpipe.model.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Finds a constant's bytes: in its message, in one of its typed fields, or in a file beside. */
final class TensorReader {
  private static final int EXTERNAL = 1;

  private final @Nullable Path folder;

  /**
   * @param folder of the model, for constants outside it; null: there may be none
   */
  TensorReader(@Nullable Path folder) {
    this.folder = folder;
  }

  StoredTensor read(TensorProto proto) {
    try {
      StoredTensor.Type type = StoredTensor.Type.of(proto.getDataType());
      long[] shape = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
      long bytes = Math.multiplyExact(StoredTensor.size(shape), (long) type.bytes());
      ByteBuffer values = bytes(proto, type, bytes);
      if (values.remaining() != bytes) {
        throw new OnnxException(values.remaining() + " bytes where its shape needs " + bytes);
      }
      return new StoredTensor(type, shape, values);
    } catch (OnnxException | IOException | ArithmeticException e) {
      throw new OnnxException("constant " + proto.getName() + " has " + e.getMessage(), e);
    }
  }

  private ByteBuffer bytes(TensorProto proto, StoredTensor.Type type, long bytes)
      throws IOException {
    if (proto.getDataLocation() == EXTERNAL) {
      return outside(proto, bytes);
    }
    return proto.getRawData().isEmpty()
        ? typed(proto, type).flip().asReadOnlyBuffer().order(ByteOrder.nativeOrder())
        : proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** 16 bits and less come as int32 each, their bits in the low end. */
  private static ByteBuffer typed(TensorProto proto, StoredTensor.Type type) {
    int count =
        switch (type) {
          case FLOAT -> proto.getFloatDataCount();
          case DOUBLE -> proto.getDoubleDataCount();
          case INT64 -> proto.getInt64DataCount();
          default -> proto.getInt32DataCount();
        };
    ByteBuffer into =
        ByteBuffer.allocateDirect(Math.multiplyExact(count, type.bytes()))
            .order(ByteOrder.nativeOrder());
    for (int i = 0; i < count; i++) {
      switch (type) {
        case FLOAT -> into.putFloat(proto.getFloatData(i));
        case DOUBLE -> into.putDouble(proto.getDoubleData(i));
        case INT64 -> into.putLong(proto.getInt64Data(i));
        case INT32 -> into.putInt(proto.getInt32Data(i));
        case FLOAT16, BFLOAT16 -> into.putShort((short) proto.getInt32Data(i));
        case UINT8, INT8, BOOL -> into.put((byte) proto.getInt32Data(i));
      }
    }
    return into;
  }

  private ByteBuffer outside(TensorProto proto, long bytes) throws IOException {
    String location = entry(proto, "location", "");
    long offset = Long.parseLong(entry(proto, "offset", "0"));
    if (folder == null || location.isEmpty()) {
      throw new OnnxException("its values in another file, and there is none");
    }
    // a path that climbs out, or through a link, would read what the model's owner may not
    Path home = folder.toRealPath();
    Path file = home.resolve(location).toRealPath();
    if (!file.startsWith(home)) {
      throw new OnnxException("its values in " + location + ", outside the model's folder");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (offset < 0 || offset > channel.size() - bytes) {
        throw new OnnxException("its values beyond the end of " + location);
      }
      return channel.map(MapMode.READ_ONLY, offset, bytes).order(ByteOrder.nativeOrder());
    }
  }

  private static String entry(TensorProto proto, String key, String other) {
    return proto.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .findFirst()
        .orElse(other);
  }
}
