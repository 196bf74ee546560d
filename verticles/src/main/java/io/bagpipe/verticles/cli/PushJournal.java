package io.bagpipe.verticles.cli;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Remembers on disk which positions of a push the broker has acknowledged, a bit for each: a push
 * that was interrupted goes on without sending them again. The file is mapped, so what is written
 * survives the process however it ends. Safe for several threads.
 */
final class PushJournal implements AutoCloseable {
  private static final long MOST_POSITIONS = 8L * Integer.MAX_VALUE;

  private final Path path;
  private final FileChannel file;
  private final MappedByteBuffer bits;

  /**
   * Opens the journal of a push.
   *
   * @param what everything that decides which image is at which position
   * @param positions of the push
   * @param resume whether to go on with what is there; otherwise it starts empty
   */
  PushJournal(Path directory, String what, long positions, boolean resume) throws IOException {
    if (positions > MOST_POSITIONS) {
      throw new CommandFailedException(
          positions + " images are too many for one push; expected at most " + MOST_POSITIONS);
    }
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
    this.bits = file.map(FileChannel.MapMode.READ_WRITE, 0, (positions + 7) / 8);
  }

  synchronized boolean isAcknowledged(long position) {
    return (bits.get((int) (position >> 3)) >> (position & 7) & 1) == 1;
  }

  synchronized void acknowledged(long position) {
    int at = (int) (position >> 3);
    bits.put(at, (byte) (bits.get(at) | 1 << (position & 7)));
  }

  /** The push is done: there is nothing to resume. */
  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    file.close();
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
