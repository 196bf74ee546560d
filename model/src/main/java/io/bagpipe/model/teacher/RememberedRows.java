package io.bagpipe.model.teacher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Vectors in a file, by a digest of what they are of. The file only grows: digest, values (float32,
 * big-endian), checksum, again and again; the end that a killed process left half-written is cut
 * off when it is opened. Confined to one thread; whoever opens it closes it.
 */
final class RememberedRows implements AutoCloseable {
  /** The first 16 bytes of a SHA-256. */
  record Key(long first, long second) {}

  private final FileChannel file;
  private final int dimension;
  private final ByteBuffer entry;
  private final Map<Key, Long> places = new HashMap<>();
  private long end;

  private RememberedRows(FileChannel file, int dimension) {
    this.file = file;
    this.dimension = dimension;
    this.entry = ByteBuffer.allocate(2 * Long.BYTES + Float.BYTES * dimension + Integer.BYTES);
  }

  static RememberedRows open(Path path, int dimension) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    RememberedRows rows = new RememberedRows(file, dimension);
    boolean whole = false;
    try {
      rows.index();
      whole = true;
      return rows;
    } finally {
      if (!whole) {
        file.close();
      }
    }
  }

  private void index() throws IOException {
    while (readEntry(end)) {
      places.put(new Key(entry.getLong(), entry.getLong()), end);
      end += entry.capacity();
    }
    file.truncate(end);
  }

  /** Whether a whole and intact entry lies there; it is in the buffer then, from its beginning. */
  private boolean readEntry(long at) throws IOException {
    entry.clear();
    while (entry.hasRemaining()) {
      if (file.read(entry, at + entry.position()) < 0) {
        return false;
      }
    }
    entry.flip();
    return checksum() == entry.getInt(entry.capacity() - Integer.BYTES);
  }

  private int checksum() {
    CRC32C sum = new CRC32C();
    sum.update(entry.array(), 0, entry.capacity() - Integer.BYTES);
    return (int) sum.getValue();
  }

  int dimension() {
    return dimension;
  }

  /** Of a part of an array. */
  static Key key(byte[] from, int at, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(from, at, length);
      ByteBuffer sum = ByteBuffer.wrap(digest.digest());
      return new Key(sum.getLong(), sum.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /**
   * Copies a vector.
   *
   * @return false when nothing is known under this key
   * @throws IOException also when what was written is not there any more
   */
  boolean read(Key key, float[] into, int at) throws IOException {
    Long place = places.get(key);
    if (place == null) {
      return false;
    }
    if (!readEntry(place)) {
      throw new IOException("an entry is not what was written; remove the directory");
    }
    entry.position(2 * Long.BYTES);
    for (int i = 0; i < dimension; i++) {
      into[at + i] = entry.getFloat();
    }
    return true;
  }

  /** Keeps a vector; of a key that is known already nothing changes. */
  void write(Key key, float[] from, int at) throws IOException {
    if (places.containsKey(key)) {
      return;
    }
    entry.clear();
    entry.putLong(key.first()).putLong(key.second());
    for (int i = 0; i < dimension; i++) {
      entry.putFloat(from[at + i]);
    }
    entry.putInt(checksum());
    entry.flip();
    while (entry.hasRemaining()) {
      file.write(entry, end + entry.position());
    }
    places.put(key, end);
    end += entry.capacity();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
