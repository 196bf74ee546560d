package io.bagpipe.model.safetensors;

import io.bagpipe.model.network.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file open for reading. The header is read and checked whole on opening, before
 * memory is taken for any data: the file is not trusted. Tensors are read when asked for. Confined
 * to one thread; whoever opens it closes it.
 *
 * <p>The format: eight bytes with the header's length (little-endian), the header in JSON (per
 * tensor {@code dtype}, {@code shape}, {@code data_offsets}; {@code __metadata__} with strings),
 * then the values, little-endian, in C order, without holes or overlaps.
 */
public final class SafetensorsFile implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 18;

  /**
   * Where a tensor lies.
   *
   * @param begin offset of its first byte from the end of the header
   * @param end offset after its last byte
   */
  public record Entry(String name, ElementType type, int[] shape, long begin, long end) {
    /** How many values it has; {@link #open} has seen that they fit an array. */
    public int values() {
      return (int) ((end - begin) / type.bytes());
    }
  }

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final @Nullable MessageDigest digest;
  private final ByteBuffer chunk = LittleEndian.buffer(CHUNK_BYTES);

  private SafetensorsFile(
      Path path, FileChannel channel, SafetensorsHeader header, @Nullable MessageDigest digest) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.digest = digest;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws SafetensorsException if it is not a well-formed safetensors file, naming the tensor
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) throws IOException {
    return open(path, null);
  }

  /**
   * Opens a file whose bytes are digested as they are read: the header now, each tensor when it is
   * asked for. Whoever reads all of {@link #entries} once and in their order has digested the file.
   */
  public static SafetensorsFile openDigesting(Path path, MessageDigest digest) throws IOException {
    return open(path, digest);
  }

  private static SafetensorsFile open(Path path, @Nullable MessageDigest digest)
      throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new SafetensorsFile(path, channel, readHeader(path, channel, digest), digest);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SafetensorsHeader readHeader(
      Path path, FileChannel channel, @Nullable MessageDigest digest) throws IOException {
    long size = channel.size();
    if (size < SafetensorsHeader.LENGTH_BYTES + 2) {
      throw new SafetensorsException(path, "not a safetensors file: only " + size + " bytes");
    }
    ByteBuffer first = LittleEndian.buffer(SafetensorsHeader.LENGTH_BYTES);
    fill(path, channel, 0, first);
    long length = first.getLong(0);
    long available = size - SafetensorsHeader.LENGTH_BYTES;
    if (length < 2 || length > available || length > SafetensorsHeader.MAX_BYTES) {
      throw new SafetensorsException(
          path,
          "not a safetensors file: a header of "
              + Long.toUnsignedString(length)
              + " bytes; at most "
              + Math.min(available, SafetensorsHeader.MAX_BYTES)
              + " here");
    }
    ByteBuffer json = ByteBuffer.allocate((int) length);
    fill(path, channel, SafetensorsHeader.LENGTH_BYTES, json);
    if (digest != null) {
      digest.update(first);
      digest.update(json.array());
    }
    return SafetensorsHeader.parse(path, json.array(), available - length);
  }

  /** The header's free strings. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** All tensors, in the order of their data. */
  public Collection<Entry> entries() {
    return header.entries().values();
  }

  /** The tensor of this name, or null. */
  public @Nullable Entry find(String name) {
    return header.entries().get(name);
  }

  /**
   * Reads a tensor by its name, as {@link #read(Entry)}.
   *
   * @throws SafetensorsException if there is none of this name
   */
  public Tensor read(String name) throws IOException {
    Entry entry = find(name);
    if (entry == null) {
      throw new SafetensorsException(path, "no tensor named " + name);
    }
    return read(entry);
  }

  /**
   * Reads a tensor of F32, or of F16, BF16, F64, which are converted.
   *
   * @throws SafetensorsException if its type is another
   */
  public Tensor read(Entry entry) throws IOException {
    if (!entry.type().isFloat()) {
      throw new SafetensorsException(
          path,
          entry.name() + ": values of type " + entry.type() + "; F32, F16, BF16, F64 are read");
    }
    float[] values = new float[entry.values()];
    int[] done = {0};
    eachChunk(
        entry,
        bytes -> {
          if (entry.type() == ElementType.F32) {
            int count = bytes.remaining() / Float.BYTES;
            bytes.asFloatBuffer().get(values, done[0], count);
            done[0] += count;
          } else {
            while (bytes.hasRemaining()) {
              values[done[0]++] = entry.type().read(bytes);
            }
          }
        });
    return new Tensor(entry.name(), entry.shape(), values);
  }

  /** Reads a tensor of U8, in C order. */
  public byte[] readBytes(Entry entry) throws IOException {
    require(entry, ElementType.U8);
    byte[] values = new byte[entry.values()];
    int[] done = {0};
    eachChunk(
        entry,
        bytes -> {
          int count = bytes.remaining();
          bytes.get(values, done[0], count);
          done[0] += count;
        });
    return values;
  }

  /** Reads a tensor of I64, in C order. */
  public long[] readLongs(Entry entry) throws IOException {
    require(entry, ElementType.I64);
    long[] values = new long[entry.values()];
    int[] done = {0};
    eachChunk(
        entry,
        bytes -> {
          while (bytes.hasRemaining()) {
            values[done[0]++] = bytes.getLong();
          }
        });
    return values;
  }

  /** Reads a tensor of any type and keeps nothing of it, so that it is digested. */
  public void pass(Entry entry) throws IOException {
    eachChunk(entry, bytes -> {});
  }

  private void require(Entry entry, ElementType type) {
    if (entry.type() != type) {
      throw new SafetensorsException(
          path, entry.name() + ": values of type " + entry.type() + "; " + type + " is read here");
    }
  }

  /** Takes some of a tensor's bytes: whole values. */
  @FunctionalInterface
  private interface Sink {
    void take(ByteBuffer bytes);
  }

  private void eachChunk(Entry entry, Sink sink) throws IOException {
    long data = SafetensorsHeader.LENGTH_BYTES + header.length();
    for (long at = entry.begin(); at < entry.end(); at += CHUNK_BYTES) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, entry.end() - at));
      fill(path, channel, data + at, chunk);
      if (digest != null) {
        digest.update(chunk);
        chunk.rewind();
      }
      sink.take(chunk);
    }
  }

  /** Fills a buffer to its limit, and rewinds it. */
  private static void fill(Path path, FileChannel channel, long position, ByteBuffer buffer)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new SafetensorsException(path, "ends at byte " + (position + buffer.position()));
      }
    }
    buffer.rewind();
  }

  /** The digest that {@link SafetensorsWriter#endInDigest} writes. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
