package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: free metadata and, for each tensor, type, shape and place.
 *
 * @param metadata strings by name
 * @param entries in the order in which they lie, without gaps
 */
record TensorTable(Map<String, String> metadata, List<TensorTable.Entry> entries) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 64;

  /** One tensor: bytes [begin, end) of the data section. */
  record Entry(String name, Type type, int[] shape, long begin, long end) {
    int elements() {
      return (int) ((end - begin) / type.bytes);
    }
  }

  enum Type {
    F32(4),
    U8(1);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  /** Lays tensors out one after the other. */
  static final class Builder {
    private final List<Entry> entries = new ArrayList<>();
    private long end;

    Builder add(String name, Type type, int... shape) {
      long bytes = type.bytes;
      for (int extent : shape) {
        bytes = Math.multiplyExact(bytes, extent);
      }
      entries.add(new Entry(name, type, shape, end, end + bytes));
      end += bytes;
      return this;
    }

    TensorTable build(Map<String, String> metadata) {
      return new TensorTable(metadata, entries);
    }
  }

  long dataBytes() {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
  }

  /** JSON, padded with spaces so that the data after the 8 bytes of length are aligned. */
  byte[] toBytes() {
    ObjectNode root = MAPPER.createObjectNode();
    ObjectNode notes = root.putObject(METADATA);
    metadata.forEach(notes::put);
    for (Entry entry : entries) {
      ObjectNode node = root.putObject(entry.name).put("dtype", entry.type.name());
      ArrayNode shape = node.putArray("shape");
      for (int extent : entry.shape) {
        shape.add(extent);
      }
      node.putArray("data_offsets").add(entry.begin).add(entry.end);
    }
    try {
      byte[] json = MAPPER.writeValueAsBytes(root);
      int length = json.length + Math.floorMod(-(json.length + Long.BYTES), ALIGNMENT);
      byte[] padded = Arrays.copyOf(json, length);
      Arrays.fill(padded, json.length, length, (byte) ' ');
      return padded;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a header.
   *
   * @throws IllegalArgumentException when it is not one, with what is wrong
   */
  static TensorTable parse(byte[] header) {
    JsonNode root;
    try {
      root = MAPPER.readTree(new String(header, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its header is no JSON", e);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      JsonNode value = field.getValue();
      if (field.getKey().equals(METADATA)) {
        value.properties().forEach(note -> metadata.put(note.getKey(), note.getValue().asText()));
      } else {
        entries.add(entry(field.getKey(), value));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin != end) {
        throw new IllegalArgumentException("its tensors do not lie one after the other");
      }
      end = entry.end;
    }
    return new TensorTable(metadata, entries);
  }

  private static Entry entry(String name, JsonNode node) {
    Type type =
        switch (node.path("dtype").asText()) {
          case "F32" -> Type.F32;
          case "U8" -> Type.U8;
          default -> throw new IllegalArgumentException("tensor " + name + " has no known type");
        };
    JsonNode extents = node.path("shape");
    int[] shape = new int[extents.size()];
    long bytes = type.bytes;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = extents.get(i).asInt(-1);
      if (shape[i] < 0 || bytes > Integer.MAX_VALUE * 4L) {
        throw new IllegalArgumentException("tensor " + name + " has no shape");
      }
      bytes *= shape[i];
    }
    long begin = node.path("data_offsets").path(0).asLong(-1);
    long end = node.path("data_offsets").path(1).asLong(-1);
    if (begin < 0 || end - begin != bytes || bytes / type.bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("tensor " + name + " does not fill its place");
    }
    return new Entry(name, type, shape, begin, end);
  }
}
