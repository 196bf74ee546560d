package io.bagpipe.verticles.cli.push;

import io.bagpipe.verticles.cli.base.CommandFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Remembers on disk which images of a push the broker has acknowledged, at each position eight
 * bytes that depend on the image's id: a push that was interrupted goes on without sending them
 * again, and where another image stands at a position now, it is sent. What is written is in the
 * system's hands, so it survives the process however it ends. Safe for several threads.
 */
final class PushJournal implements AutoCloseable {
  private final Path path;
  private final FileChannel file;
  private @Nullable IOException failure; // guarded by this

  /**
   * Opens the journal of a push.
   *
   * @param what everything that decides which push it is
   * @param resume whether to go on with what is there; otherwise it starts empty
   */
  PushJournal(Path directory, String what, boolean resume) throws IOException {
    Files.createDirectories(directory);
    this.path = directory.resolve(name(what) + ".acknowledged");
    this.file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (file.tryLock() == null) {
      file.close();
      throw new CommandFailedException("the same push is running already (" + path + ")");
    }
    if (!resume) {
      file.truncate(0);
    }
  }

  boolean isAcknowledged(long position, String id) throws IOException {
    ByteBuffer entry = ByteBuffer.allocate(Long.BYTES);
    long at = position * Long.BYTES;
    while (entry.hasRemaining()) {
      if (file.read(entry, at + entry.position()) < 0) {
        return false;
      }
    }
    return entry.getLong(0) == mark(id);
  }

  /** One that cannot be written down would be sent again; {@link #close} says so. */
  synchronized void acknowledged(long position, String id) {
    ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).putLong(0, mark(id));
    long at = position * Long.BYTES;
    try {
      while (entry.hasRemaining()) {
        file.write(entry, at + entry.position());
      }
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
  }

  /** The push is done: there is nothing to resume. */
  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
    if (failure != null) {
      throw new IOException(
          path + ": cannot be written, --resume would send again: " + failure.getMessage(),
          failure);
    }
  }

  /** FNV-1a's 64 bits; never 0, which stands where nothing was written. */
  private static long mark(String id) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash == 0 ? 1 : hash;
  }

  private static String name(String what) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(what.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
