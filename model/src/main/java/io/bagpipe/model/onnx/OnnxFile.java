package io.bagpipe.model.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.bagpipe.model.onnx.proto.ModelProto;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Reads ONNX files. Any thread. */
public final class OnnxFile {
  private OnnxFile() {}

  /**
   * Reads a file. Its constants stay where they are, mapped, so that they take none of Java's heap;
   * those in files of their own are looked for in its folder.
   *
   * @throws OnnxException in one line, if it is no ONNX file or not such a graph
   * @throws IOException if it cannot be read
   */
  public static OnnxNetwork read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new OnnxException("ONNX files end at 2 GiB, and this is larger");
      }
      ByteString bytes =
          UnsafeByteOperations.unsafeWrap(channel.map(MapMode.READ_ONLY, 0, channel.size()));
      return network(bytes, file.toAbsolutePath().getParent());
    }
  }

  /**
   * Reads a file's bytes.
   *
   * @throws OnnxException in one line, if they are no ONNX file or not such a graph
   */
  public static OnnxNetwork read(byte[] file) {
    return network(UnsafeByteOperations.unsafeWrap(file), null);
  }

  private static OnnxNetwork network(ByteString bytes, @Nullable Path folder) {
    CodedInputStream in = bytes.newCodedInput();
    in.enableAliasing(true);
    try {
      return new OnnxNetwork(ModelProto.parseFrom(in), new TensorReader(folder));
    } catch (InvalidProtocolBufferException e) {
      throw new OnnxException("it is no ONNX file: " + e.getMessage(), e);
    } catch (IOException e) { // from memory there is no other
      throw new OnnxException("it cannot be read: " + e.getMessage(), e);
    }
  }
}
