package io.bagpipe.model.safetensors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arrays as files of tensors store them, through one buffer. Confined to one thread. */
public final class LittleEndian {
  private static final int CHUNK_BYTES = 1 << 18;

  private final byte[] bytes;
  private final ByteBuffer chunk;
  private final OutputStream out;

  private LittleEndian(OutputStream out, int chunkBytes) {
    this.out = out;
    this.bytes = new byte[chunkBytes];
    this.chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes many arrays; the stream stays its owner's. */
  static LittleEndian to(OutputStream out) {
    return new LittleEndian(out, CHUNK_BYTES);
  }

  /** Writes floats, four bytes each. */
  public static void write(float[] values, OutputStream out) throws IOException {
    long bytes = (long) values.length * Float.BYTES;
    new LittleEndian(out, (int) Math.min(bytes, CHUNK_BYTES)).write(values);
  }

  void write(float[] values) throws IOException {
    int most = bytes.length / Float.BYTES;
    for (int done = 0; done < values.length; done += most) {
      int count = Math.min(values.length - done, most);
      chunk.clear().asFloatBuffer().put(values, done, count);
      out.write(bytes, 0, count * Float.BYTES);
    }
  }

  void write(long... values) throws IOException {
    int most = bytes.length / Long.BYTES;
    for (int done = 0; done < values.length; done += most) {
      int count = Math.min(values.length - done, most);
      chunk.clear().asLongBuffer().put(values, done, count);
      out.write(bytes, 0, count * Long.BYTES);
    }
  }

  void write(byte[] values) throws IOException {
    out.write(values);
  }

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
