package io.bagpipe.model.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file that can be read anywhere. One that is compressed with gzip is unpacked into a temporary
 * file first, which vanishes when it is closed: memory stays small, whatever its size.
 */
final class Inflated implements AutoCloseable {
  /** Beyond this, nothing of images packs into less than a hundredth: it is meant to fill disks. */
  private static final long UNSUSPECTED = 256L << 20;

  private static final int MOST_TIMES = 100;

  private final Path path;
  private final FileChannel channel;

  Inflated(Path path) throws IOException {
    this.path = path;
    this.channel = isGzip(path) ? inflate(path) : FileChannel.open(path, StandardOpenOption.READ);
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Reads {@code length} bytes at {@code position}. */
  byte[] read(long position, int length) throws IOException {
    if (position + length > channel.size()) {
      throw new DataSetException(
          path
              + ": truncated: "
              + channel.size()
              + " bytes where "
              + (position + length)
              + " are needed");
    }
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new DataSetException(path + ": truncated while it was read");
      }
    }
    return buffer.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static boolean isGzip(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] magic = in.readNBytes(2);
      return magic.length == 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b;
    }
  }

  private static FileChannel inflate(Path path) throws IOException {
    Path unpacked = Files.createTempFile("bagpipe-", ".unpacked");
    FileChannel channel =
        FileChannel.open(
            unpacked,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try (InputStream in = new GZIPInputStream(Files.newInputStream(path), 1 << 16)) {
      long most = Math.max(UNSUSPECTED, MOST_TIMES * Files.size(path));
      OutputStream out = Channels.newOutputStream(channel);
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        if (channel.position() > most) {
          throw new DataSetException(
              path
                  + ": unpacks to more than "
                  + most
                  + " bytes, over "
                  + MOST_TIMES
                  + " times its size");
        }
      }
      return channel;
    } catch (EOFException | ZipException e) {
      channel.close();
      throw new DataSetException(path + ": truncated or damaged gzip file", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }
}
