package io.bagpipe.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Writes little-endian values through one buffer, and last the SHA-256 of all that it wrote. */
final class DigestingWriter {
  static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final MessageDigest digest = sha256();
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  DigestingWriter(FileChannel channel) {
    this.channel = channel;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void writeLong(long value) throws IOException {
    room(Long.BYTES);
    buffer.putLong(value);
  }

  void write(byte[] values) throws IOException {
    int at = 0;
    while (at < values.length) {
      room(1);
      int taken = Math.min(values.length - at, buffer.remaining());
      buffer.put(values, at, taken);
      at += taken;
    }
  }

  void write(float[] values) throws IOException {
    int at = 0;
    while (at < values.length) {
      room(Float.BYTES);
      int taken = Math.min(values.length - at, buffer.remaining() / Float.BYTES);
      buffer.asFloatBuffer().put(values, at, taken);
      buffer.position(buffer.position() + taken * Float.BYTES);
      at += taken;
    }
  }

  /** Writes what is left, and the digest. */
  void finish() throws IOException {
    flush();
    buffer.put(digest.digest());
    drain();
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    digest.update(buffer.array(), 0, buffer.position());
    drain();
  }

  private void drain() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }
}
