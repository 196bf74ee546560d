package io.bagpipe.model.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads a protobuf message field by field (the wire format as protobuf.dev states it); what it is
 * given is not trusted. Confined to one thread.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int LONGEST_VARINT = 70;

  private final ByteBuffer message;
  private int field;
  private long integer;
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  /**
   * @param message from its position to its limit, which stay
   */
  ProtoReader(ByteBuffer message) {
    this.message = message.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Goes to the next field.
   *
   * @return false after the last
   * @throws IllegalArgumentException if this is no such message
   */
  boolean next() {
    if (!message.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    integer = 0;
    bytes = ByteBuffer.allocate(0);
    switch ((int) tag & 7) {
      case VARINT -> integer = varint();
      case FIXED_64 -> bytes = take(Long.BYTES);
      case LENGTH_DELIMITED -> bytes = take(varint());
      case FIXED_32 -> bytes = take(Integer.BYTES);
      default -> throw new IllegalArgumentException("no protobuf: wire type " + (tag & 7));
    }
    return true;
  }

  /** The field's number. */
  int field() {
    return field;
  }

  /** Its value, of an integer, enum or bool. */
  long integer() {
    return integer;
  }

  /** Its bytes, little-endian: of a nested message, a string, floats; not a copy. */
  ByteBuffer bytes() {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  String string() {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private ByteBuffer take(long length) {
    if (length < 0 || length > message.remaining()) {
      throw new IllegalArgumentException(
          "no protobuf: a field of "
              + length
              + " bytes where "
              + message.remaining()
              + " are left");
    }
    ByteBuffer taken = message.slice(message.position(), (int) length);
    message.position(message.position() + (int) length);
    return taken;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < LONGEST_VARINT; shift += 7) {
      if (!message.hasRemaining()) {
        throw new IllegalArgumentException("no protobuf: it ends within a number");
      }
      byte next = message.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("no protobuf: a number of more than ten bytes");
  }
}
