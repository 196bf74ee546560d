package io.bagpipe.model.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.bagpipe.model.network.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the safetensors format: collect metadata and tensors, then {@link #writeTo}. Wider values
 * lie before narrower ones, each kind in the order in which it was added, so that every value is
 * aligned to its size. Arrays are not copied: they are read when the file is written. Confined to
 * one thread.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Item> items = new ArrayList<>();
  private final Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
  private @Nullable String digestName;

  /** Writes a tensor's values. */
  @FunctionalInterface
  private interface Values {
    void writeTo(LittleEndian out) throws IOException;
  }

  /** A tensor that is to be written. */
  private record Item(String name, ElementType type, int[] shape, Values values) {
    long bytes() {
      long bytes = type.bytes();
      for (int extent : shape) {
        bytes = Math.multiplyExact(bytes, extent);
      }
      return bytes;
    }
  }

  /** Adds free strings. */
  public SafetensorsWriter metadata(Map<String, String> strings) {
    metadata.putAll(strings);
    return this;
  }

  /** Adds a tensor, F32. */
  public SafetensorsWriter add(Tensor tensor) {
    return add(tensor.name(), tensor);
  }

  /** Adds a tensor, F32, under another name. */
  public SafetensorsWriter add(String name, Tensor tensor) {
    return add(name, ElementType.F32, tensor.shape(), out -> out.write(tensor.data()));
  }

  /** Adds tensors in their order. */
  public SafetensorsWriter add(Collection<Tensor> several) {
    several.forEach(this::add);
    return this;
  }

  /** Adds bytes, [length] U8. */
  public SafetensorsWriter addBytes(String name, byte[] values) {
    return add(name, ElementType.U8, new int[] {values.length}, out -> out.write(values));
  }

  /** Adds whole numbers, [length] I64. */
  public SafetensorsWriter addLongs(String name, long[] values) {
    return add(name, ElementType.I64, new int[] {values.length}, out -> out.write(values));
  }

  /** Adds a tensor of rank 0, I64. */
  public SafetensorsWriter addScalar(String name, long value) {
    return add(name, ElementType.I64, new int[0], out -> out.write(value));
  }

  /** Ends the file in a tensor, [32] U8, with the SHA-256 of every byte before it. */
  public SafetensorsWriter endInDigest(String name) {
    requireNew(name);
    digestName = name;
    return this;
  }

  private SafetensorsWriter add(String name, ElementType type, int[] shape, Values values) {
    requireNew(name);
    items.add(new Item(name, type, shape, values));
    return this;
  }

  private void requireNew(String name) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("two tensors named " + name);
    }
  }

  /**
   * Writes the whole file; the stream stays open.
   *
   * @throws IOException if it cannot be written, or has a longer header than readers take
   */
  public void writeTo(OutputStream out) throws IOException {
    List<Item> ordered = new ArrayList<>(items);
    ordered.sort(Comparator.comparingInt((Item item) -> item.type.bytes()).reversed());
    String last = digestName;
    if (last == null) {
      writeTo(ordered, out);
      return;
    }
    MessageDigest digest = SafetensorsFile.sha256();
    ordered.add(
        new Item(last, ElementType.U8, new int[] {digest.getDigestLength()}, nothing -> {}));
    writeTo(ordered, new DigestOutputStream(out, digest));
    out.write(digest.digest());
  }

  private void writeTo(List<Item> ordered, OutputStream out) throws IOException {
    byte[] json = header(ordered);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (padded > SafetensorsHeader.MAX_BYTES) {
      throw new IOException(
          "a header of " + padded + " bytes; readers take " + SafetensorsHeader.MAX_BYTES);
    }
    LittleEndian values = LittleEndian.to(out);
    values.write((long) padded);
    out.write(json);
    out.write(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII));
    for (Item item : ordered) {
      item.values.writeTo(values);
    }
  }

  private byte[] header(List<Item> ordered) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafetensorsHeader.METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long offset = 0;
      for (Item item : ordered) {
        long end = Math.addExact(offset, item.bytes());
        json.writeObjectFieldStart(item.name);
        json.writeStringField("dtype", item.type.name());
        json.writeFieldName("shape");
        json.writeArray(item.shape, 0, item.shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {offset, end}, 0, 2);
        json.writeEndObject();
        offset = end;
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
