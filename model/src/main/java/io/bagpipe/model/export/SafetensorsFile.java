package io.bagpipe.model.export;

import io.bagpipe.model.network.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
  private static final int CHUNK_BYTES = 1 << 20;

  /**
   * Where a tensor lies.
   *
   * @param begin offset of its first byte from the end of the header
   * @param end offset after its last byte
   */
  public record Entry(String name, ElementType type, int[] shape, long begin, long end) {}

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws ModelFileException if it is not a well-formed safetensors file, naming the tensor
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new SafetensorsFile(path, channel, readHeader(path, channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SafetensorsHeader readHeader(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < SafetensorsHeader.LENGTH_BYTES + 2) {
      throw new ModelFileException(path, "not a safetensors file: only " + size + " bytes");
    }
    long length = read(path, channel, 0, SafetensorsHeader.LENGTH_BYTES).getLong();
    long available = size - SafetensorsHeader.LENGTH_BYTES;
    if (length < 2 || length > available || length > SafetensorsHeader.MAX_BYTES) {
      throw new ModelFileException(
          path,
          "not a safetensors file: a header of "
              + Long.toUnsignedString(length)
              + " bytes; at most "
              + Math.min(available, SafetensorsHeader.MAX_BYTES)
              + " here");
    }
    byte[] json = read(path, channel, SafetensorsHeader.LENGTH_BYTES, (int) length).array();
    return SafetensorsHeader.parse(path, json, available - length);
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
   * @throws ModelFileException if there is none of this name
   */
  public Tensor read(String name) throws IOException {
    Entry entry = find(name);
    if (entry == null) {
      throw new ModelFileException(path, "no tensor named " + name);
    }
    return read(entry);
  }

  /**
   * Reads a tensor of F32, or of F16, BF16, F64, which are converted.
   *
   * @throws ModelFileException if its type is another
   */
  public Tensor read(Entry entry) throws IOException {
    if (!entry.type().isFloat()) {
      throw new ModelFileException(
          path,
          entry.name() + ": values of type " + entry.type() + "; F32, F16, BF16, F64 are read");
    }
    int width = entry.type().bytes();
    float[] values = new float[(int) ((entry.end() - entry.begin()) / width)];
    long position = SafetensorsHeader.LENGTH_BYTES + header.length() + entry.begin();
    int done = 0;
    while (done < values.length) {
      int count = Math.min(values.length - done, CHUNK_BYTES / width);
      ByteBuffer chunk = read(path, channel, position + (long) done * width, count * width);
      for (int i = 0; i < count; i++) {
        values[done++] = entry.type().read(chunk);
      }
    }
    return new Tensor(entry.name(), entry.shape(), values);
  }

  private static ByteBuffer read(Path path, FileChannel channel, long position, int count)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new ModelFileException(path, "ends at byte " + (position + buffer.position()));
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
