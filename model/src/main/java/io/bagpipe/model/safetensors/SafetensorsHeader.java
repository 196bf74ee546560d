package io.bagpipe.model.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.bagpipe.model.safetensors.SafetensorsFile.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The checked header of a safetensors file, strict as the format's own reader is: no duplicate or
 * unknown keys, every tensor's bytes exactly its shape's, the data covered without holes or
 * overlaps. Immutable.
 *
 * @param length bytes of the header
 * @param metadata free strings
 * @param entries by name, in the order of their data
 */
record SafetensorsHeader(long length, Map<String, String> metadata, Map<String, Entry> entries) {
  /** The header's length comes first. */
  static final int LENGTH_BYTES = 8;

  /** The largest header that is read, and the largest that the format's own reader reads. */
  static final int MAX_BYTES = 100_000_000;

  /** Name of the free strings among the tensors. */
  static final String METADATA = "__metadata__";

  /**
   * Of tensors, and of free strings: a header of the largest size full of tiny ones would fill a
   * heap.
   */
  static final int MAX_ENTRIES = 100_000;

  private static final int MAX_RANK = 8;
  private static final int MAX_DEPTH = 3;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(20)
                  .maxStringLength(MAX_BYTES)
                  .build())
          .build();

  /**
   * Reads and checks a header.
   *
   * @param dataBytes bytes of the file after the header
   */
  static SafetensorsHeader parse(Path path, byte[] json, long dataBytes) {
    if (json[0] != '{') {
      throw new SafetensorsException(path, "not a safetensors file: its header is no JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      Reading reading = new Reading(path, parser);
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        if (name.equals(METADATA)) {
          reading.metadata(metadata);
        } else {
          entries.add(reading.entry(name));
        }
        if (entries.size() > MAX_ENTRIES) {
          throw new SafetensorsException(path, "more than " + MAX_ENTRIES + " tensors");
        }
      }
      if (parser.nextToken() != null) {
        throw new SafetensorsException(path, "its header goes on after the JSON object");
      }
    } catch (JsonProcessingException e) {
      throw new SafetensorsException(path, "its header: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new SafetensorsException(path, "its header: " + e.getMessage(), e);
    }
    return new SafetensorsHeader(
        json.length, metadata, covered(path, entries, LENGTH_BYTES + json.length, dataBytes));
  }

  private static Map<String, Entry> covered(
      Path path, List<Entry> entries, long before, long dataBytes) {
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    Map<String, Entry> byName = new LinkedHashMap<>();
    long reached = 0;
    for (Entry entry : entries) {
      if (entry.begin() != reached) {
        throw new SafetensorsException(
            path,
            entry.name()
                + ": data starts at "
                + entry.begin()
                + (entry.begin() < reached ? ", inside" : ", after a hole behind")
                + " the tensor before it, which ends at "
                + reached);
      }
      reached = entry.end();
      byName.put(entry.name(), entry);
    }
    if (reached != dataBytes) {
      throw new SafetensorsException(
          path, "it has " + (before + dataBytes) + " bytes of " + (before + reached));
    }
    return byName;
  }

  /** One pass over the JSON. */
  private record Reading(Path path, JsonParser parser) {

    void metadata(Map<String, String> into) throws IOException {
      require(METADATA, JsonToken.START_OBJECT, "an object of strings");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        require(METADATA + "." + key, JsonToken.VALUE_STRING, "a string");
        into.put(key, parser.getText());
        if (into.size() > MAX_ENTRIES) {
          throw new SafetensorsException(
              path, METADATA + ": more than " + MAX_ENTRIES + " strings");
        }
      }
    }

    Entry entry(String name) throws IOException {
      require(name, JsonToken.START_OBJECT, "an object");
      @Nullable ElementType type = null;
      @Nullable List<Long> shape = null;
      @Nullable List<Long> offsets = null;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        switch (key) {
          case "dtype" -> type = type(name);
          case "shape" -> shape = numbers(name + ".shape", MAX_RANK);
          case "data_offsets" -> offsets = numbers(name + ".data_offsets", 2);
          default -> throw new SafetensorsException(path, name + ": unknown key " + key);
        }
      }
      if (type == null || shape == null || offsets == null || offsets.size() != 2) {
        throw new SafetensorsException(
            path, name + ": needs dtype, shape and two data_offsets in the header");
      }
      return entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private Entry entry(String name, ElementType type, List<Long> shape, long begin, long end) {
      long values = 1;
      int[] extents = new int[shape.size()];
      try {
        for (int i = 0; i < extents.length; i++) {
          extents[i] = Math.toIntExact(shape.get(i));
          values = Math.multiplyExact(values, extents[i]);
        }
        values = Math.toIntExact(values);
      } catch (ArithmeticException e) {
        throw new SafetensorsException(path, name + ": shape " + shape + " is too large", e);
      }
      if (end < begin || end - begin != values * type.bytes()) {
        throw new SafetensorsException(
            path,
            name
                + ": shape "
                + shape
                + " of "
                + type
                + " takes "
                + values * type.bytes()
                + " bytes, but its data_offsets are "
                + begin
                + " and "
                + end);
      }
      return new Entry(name, type, extents, begin, end);
    }

    private ElementType type(String name) throws IOException {
      require(name + ".dtype", JsonToken.VALUE_STRING, "a string");
      ElementType type = ElementType.find(parser.getText());
      if (type == null) {
        throw new SafetensorsException(path, name + ": unknown dtype " + parser.getText());
      }
      return type;
    }

    private List<Long> numbers(String what, int most) throws IOException {
      require(what, JsonToken.START_ARRAY, "an array");
      List<Long> numbers = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
            || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            || parser.getLongValue() < 0
            || numbers.size() == most) {
          throw new SafetensorsException(
              path, what + ": at most " + most + " whole numbers of 0 and more are valid");
        }
        numbers.add(parser.getLongValue());
      }
      return numbers;
    }

    private void require(String what, JsonToken token, String valid) throws IOException {
      if (parser.nextToken() != token) {
        throw new SafetensorsException(path, what + ": must be " + valid);
      }
    }
  }
}
