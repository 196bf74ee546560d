package io.bagpipe.model.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.bagpipe.model.network.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the safetensors format: collect metadata and tensors, then {@link #writeTo}. Scalars of 64
 * bits lie before the floats, so that every value is aligned to its size. Confined to one thread.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Long> scalars = new LinkedHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));

  /** Adds free strings. */
  public SafetensorsWriter metadata(Map<String, String> strings) {
    metadata.putAll(strings);
    return this;
  }

  /** Adds a tensor, F32; its array is read when the file is written. */
  public SafetensorsWriter add(Tensor tensor) {
    requireNew(tensor.name());
    tensors.add(tensor);
    return this;
  }

  /** Adds tensors in their order. */
  public SafetensorsWriter add(Collection<Tensor> several) {
    several.forEach(this::add);
    return this;
  }

  /** Adds a tensor of rank 0, I64. */
  public SafetensorsWriter addScalar(String name, long value) {
    requireNew(name);
    scalars.put(name, value);
    return this;
  }

  private void requireNew(String name) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("two tensors named " + name);
    }
  }

  /** Writes the whole file; the stream stays open. */
  public void writeTo(OutputStream out) throws IOException {
    byte[] json = header();
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    out.write(bytes(padded));
    out.write(json);
    out.write(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII));
    for (long value : scalars.values()) {
      out.write(bytes(value));
    }
    for (Tensor tensor : tensors) {
      LittleEndian.write(tensor.data(), out);
    }
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private byte[] header() throws IOException {
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
      for (String name : scalars.keySet()) {
        offset = entry(json, name, ElementType.I64, new int[0], offset, Long.BYTES);
      }
      for (Tensor tensor : tensors) {
        long size = (long) tensor.data().length * Float.BYTES;
        offset = entry(json, tensor.name(), ElementType.F32, tensor.shape(), offset, size);
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static long entry(
      JsonGenerator json, String name, ElementType type, int[] shape, long offset, long size)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", type.name());
    json.writeFieldName("shape");
    json.writeArray(shape, 0, shape.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {offset, offset + size}, 0, 2);
    json.writeEndObject();
    return offset + size;
  }
}
