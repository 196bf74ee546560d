package io.bagpipe.model.index;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A ring in a file of its own, which the system's page cache keeps warm. It is read and written,
 * not mapped: a full disk is then an exception and not the end of the process. The file is deleted
 * on closing; nothing of it is meant to survive, since the log rebuilds it.
 */
final class FileByteRing implements ByteRing {
  private final long capacity;
  private final FileChannel channel;
  private long allocated;

  /** A new file in this directory, which is made if need be. */
  FileByteRing(long capacity, Path directory) {
    this.capacity = capacity;
    try {
      Files.createDirectories(directory);
      Path file = Files.createTempFile(directory, "window-", ".ring");
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException("no window file in " + directory, e);
    }
  }

  @Override
  public void write(long position, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (buffer.position() < bytes.length) {
        long at = (position + buffer.position()) % capacity;
        buffer.limit((int) Math.min(bytes.length, buffer.position() + capacity - at));
        at += channel.write(buffer, at);
        allocated = Math.max(allocated, at);
        buffer.limit(bytes.length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the window's images", e);
    }
  }

  @Override
  public void read(long position, byte[] into) {
    ByteBuffer buffer = ByteBuffer.wrap(into);
    try {
      while (buffer.position() < into.length) {
        long at = (position + buffer.position()) % capacity;
        buffer.limit((int) Math.min(into.length, buffer.position() + capacity - at));
        if (channel.read(buffer, at) < 0) {
          throw new EOFException("window file ends before " + at);
        }
        buffer.limit(into.length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the window's images", e);
    }
  }

  @Override
  public long allocated() {
    return allocated;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the window's file", e);
    }
  }
}
