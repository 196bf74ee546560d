package io.bagpipe.model.export;

import io.bagpipe.model.safetensors.LittleEndian;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A protobuf message under construction, fields by number (the wire format as protobuf.dev states
 * it). Arrays of floats are not copied but written from where they are, so that a network of any
 * size takes no second copy. Confined to one thread.
 */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;

  /** Some bytes of the message. */
  private interface Part {
    long size();

    void writeTo(OutputStream out) throws IOException;
  }

  private record Bytes(byte[] bytes) implements Part {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(bytes);
    }
  }

  private record Floats(float[] values) implements Part {
    @Override
    public long size() {
      return (long) values.length * Float.BYTES;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      LittleEndian.write(values, out);
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private long size;

  /** An integer, enum or bool. */
  ProtoMessage integer(int field, long value) {
    return bytes(tag(field, VARINT)).bytes(varint(value));
  }

  ProtoMessage real(int field, float value) {
    return bytes(tag(field, FIXED_32))
        .bytes(
            ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array());
  }

  ProtoMessage string(int field, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return delimited(field, new Bytes(utf8));
  }

  /** A field of type bytes: the values in little-endian order, read when the message is written. */
  ProtoMessage rawFloats(int field, float[] values) {
    return delimited(field, new Floats(values));
  }

  /** A nested message, which must be finished: what is added to it later does not count. */
  ProtoMessage message(int field, ProtoMessage value) {
    bytes(tag(field, LENGTH_DELIMITED)).bytes(varint(value.size));
    value.parts.forEach(this::add);
    return this;
  }

  /** Bytes of the whole message. */
  long size() {
    return size;
  }

  void writeTo(OutputStream out) throws IOException {
    for (Part part : parts) {
      part.writeTo(out);
    }
  }

  private ProtoMessage delimited(int field, Part part) {
    return bytes(tag(field, LENGTH_DELIMITED)).bytes(varint(part.size())).add(part);
  }

  private ProtoMessage bytes(byte[] bytes) {
    return add(new Bytes(bytes));
  }

  private ProtoMessage add(Part part) {
    parts.add(part);
    size += part.size();
    return this;
  }

  private static byte[] tag(int field, int wireType) {
    return varint(((long) field << 3) | wireType);
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return bytes.toByteArray();
  }
}
