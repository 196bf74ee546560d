package io.bagpipe.model.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.LongConsumer;

/**
 * Writes to a file and now and then forces the disk: else all of a large file would wait for the
 * force at its end, with nothing to show of minutes on a slow disk. Not thread-safe; the channel
 * stays its maker's.
 */
final class ForcedOutputStream extends OutputStream {
  private static final long FORCE_BYTES = 256L << 20;

  private final FileChannel channel;
  private final LongConsumer progress;
  private long written;
  private long forced;

  /**
   * @param progress told how many bytes are written
   */
  ForcedOutputStream(FileChannel channel, LongConsumer progress) {
    this.channel = channel;
    this.progress = progress;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes, from, count);
    while (left.hasRemaining()) {
      written += channel.write(left);
    }
    if (written - forced >= FORCE_BYTES) {
      channel.force(false);
      forced = written;
    }
    progress.accept(written);
  }
}
