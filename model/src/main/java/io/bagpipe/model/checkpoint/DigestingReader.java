package io.bagpipe.model.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/** Reads little-endian values through one buffer and digests what it hands out. */
final class DigestingReader {
  private final FileChannel channel;
  private final MessageDigest digest = DigestingWriter.sha256();
  private final ByteBuffer buffer =
      ByteBuffer.allocate(DigestingWriter.BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  DigestingReader(FileChannel channel) {
    this.channel = channel;
    buffer.limit(0);
  }

  long readLong() throws IOException {
    fill(Long.BYTES);
    digest.update(buffer.array(), buffer.position(), Long.BYTES);
    return buffer.getLong();
  }

  byte[] readBytes(int count) throws IOException {
    byte[] values = new byte[count];
    int at = 0;
    while (at < count) {
      fill(1);
      int taken = Math.min(count - at, buffer.remaining());
      digest.update(buffer.array(), buffer.position(), taken);
      buffer.get(values, at, taken);
      at += taken;
    }
    return values;
  }

  float[] readFloats(int count) throws IOException {
    float[] values = new float[count];
    int at = 0;
    while (at < count) {
      fill(Float.BYTES);
      int taken = Math.min(count - at, buffer.remaining() / Float.BYTES);
      int bytes = taken * Float.BYTES;
      digest.update(buffer.array(), buffer.position(), bytes);
      buffer.asFloatBuffer().get(values, at, taken);
      buffer.position(buffer.position() + bytes);
      at += taken;
    }
    return values;
  }

  /** Digest of everything read so far; what is read later belongs to the next. */
  byte[] digest() {
    return digest.digest();
  }

  private void fill(int bytes) throws IOException {
    while (buffer.remaining() < bytes) {
      buffer.compact();
      int read = channel.read(buffer);
      buffer.flip();
      if (read < 0) {
        throw new EOFException("the file ended while it was read");
      }
    }
  }
}
