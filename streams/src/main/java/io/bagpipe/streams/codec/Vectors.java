package io.bagpipe.streams.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** float32 vectors as little-endian bytes. Exact both ways, NaN bits too. */
public final class Vectors {
  private Vectors() {}

  public static ByteString bytes(float[] vector) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(vector.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(vector);
    // the array is ours alone: nothing can change it behind the ByteString's back
    return UnsafeByteOperations.unsafeWrap(buffer);
  }

  /**
   * @throws IllegalArgumentException when the length is no multiple of four (a batch that Codecs
   *     parsed has none such)
   */
  public static float[] floats(ByteString bytes) {
    if (bytes.size() % Float.BYTES != 0) {
      throw new IllegalArgumentException(
          "a vector has " + bytes.size() + " bytes, must be a multiple of 4");
    }
    float[] vector = new float[bytes.size() / Float.BYTES];
    bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }
}
