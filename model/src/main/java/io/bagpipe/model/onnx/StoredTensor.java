package io.bagpipe.model.onnx;

import java.nio.ByteBuffer;

/**
 * A constant of a file. Immutable; its bytes may be a mapped part of that file, which must stay as
 * it is while they are in use.
 *
 * @param shape extents, slowest first; empty for a single value
 * @param values read-only and in native (little-endian) order; booleans are a byte each
 */
public record StoredTensor(Type type, long[] shape, ByteBuffer values) {
  /** Element types, those of networks for images. */
  public enum Type {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT8(3, 1),
    INT32(6, 4),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2),
    DOUBLE(11, 8),
    BFLOAT16(16, 2);

    private final int number;
    private final int bytes;

    Type(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    /** Bytes of an element. */
    public int bytes() {
      return bytes;
    }

    /**
     * The type with ONNX's number.
     *
     * @throws OnnxException if there is none here
     */
    public static Type of(long number) {
      for (Type type : values()) {
        if (type.number == number) {
          return type;
        }
      }
      throw new OnnxException("element type " + number + " of ONNX, which is not read here");
    }
  }

  /** Elements. */
  public long size() {
    return size(shape);
  }

  static long size(long[] shape) {
    long size = 1;
    for (long extent : shape) {
      if (extent < 0) {
        throw new OnnxException("an extent of " + extent);
      }
      size = Math.multiplyExact(size, extent);
    }
    return size;
  }
}
