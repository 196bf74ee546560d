package io.bagpipe.model.safetensors;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The element types of the safetensors format, and how those that are floats are read. */
public enum ElementType {
  BOOL(1),
  U8(1),
  I8(1),
  F8_E5M2(1),
  F8_E4M3(1),
  I16(2),
  U16(2),
  F16(2),
  BF16(2),
  I32(4),
  U32(4),
  F32(4),
  F64(8),
  I64(8),
  U64(8);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one value. */
  public int bytes() {
    return bytes;
  }

  /** The type of this name, or null. */
  static @Nullable ElementType find(String name) {
    for (ElementType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** Whether {@link #read} takes it. */
  public boolean isFloat() {
    return this == F16 || this == BF16 || this == F32 || this == F64;
  }

  /** The next value of a little-endian buffer as a float. */
  public float read(ByteBuffer buffer) {
    return switch (this) {
      case F32 -> buffer.getFloat();
      case F64 -> (float) buffer.getDouble();
      case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
      case F16 -> half(buffer.getShort());
      default -> throw new IllegalStateException(this + " is no float");
    };
  }

  /** IEEE 754 binary16; the JDK converts it only from release 20 on. */
  private static float half(short bits) {
    float sign = bits < 0 ? -1 : 1;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      return sign * fraction * 0x1p-24f;
    }
    if (exponent == 0x1f) {
      return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    return sign * Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
  }
}
