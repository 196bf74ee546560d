package io.bagpipe.model.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Floats as both formats store them. */
final class LittleEndian {
  private static final int CHUNK_FLOATS = 1 << 16;

  private LittleEndian() {}

  static void write(float[] values, OutputStream out) throws IOException {
    ByteBuffer chunk =
        ByteBuffer.allocate(Math.min(values.length, CHUNK_FLOATS) * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < values.length; done += CHUNK_FLOATS) {
      int count = Math.min(values.length - done, CHUNK_FLOATS);
      chunk.clear().asFloatBuffer().put(values, done, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }
}
