package io.bagpipe.model.teacher;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an ONNX file says of itself in {@code metadata_props}, read without loading the network: the
 * file's outermost protobuf message is walked, and all else in it passed over (onnx.proto: field 14
 * of ModelProto, pairs of key 1 and value 2). The file is not trusted.
 */
final class OnnxMetadata {
  private static final int METADATA_PROPS = 14;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int MAX_PAIR_BYTES = 1 << 16;
  private static final int MAX_PAIRS = 1_000;

  private OnnxMetadata() {}

  /**
   * Reads the pairs; of a key that comes twice the last counts, as for ONNX Runtime.
   *
   * @throws IOException if the file cannot be read or is no such message
   */
  static Map<String, String> read(Path file) throws IOException {
    Map<String, String> pairs = new LinkedHashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int first = in.read(); first >= 0; first = in.read()) {
        long tag = varint(in, first);
        if (tag >>> 3 == METADATA_PROPS && (tag & 7) == 2) {
          pair(in.readNBytes(length(in, MAX_PAIR_BYTES)), pairs);
          if (pairs.size() > MAX_PAIRS) {
            throw new IOException("more than " + MAX_PAIRS + " pairs of metadata");
          }
        } else {
          skip(in, tag);
        }
      }
    }
    return pairs;
  }

  private static void pair(byte[] message, Map<String, String> into) throws IOException {
    InputStream in = new java.io.ByteArrayInputStream(message);
    String key = "";
    String value = "";
    for (int first = in.read(); first >= 0; first = in.read()) {
      long tag = varint(in, first);
      if ((tag & 7) == 2 && (tag >>> 3 == KEY || tag >>> 3 == VALUE)) {
        String text = new String(in.readNBytes(length(in, MAX_PAIR_BYTES)), StandardCharsets.UTF_8);
        if (tag >>> 3 == KEY) {
          key = text;
        } else {
          value = text;
        }
      } else {
        skip(in, tag);
      }
    }
    into.put(key, value);
  }

  private static void skip(InputStream in, long tag) throws IOException {
    switch ((int) (tag & 7)) {
      case 0 -> varint(in, in.read());
      case 1 -> in.skipNBytes(8);
      case 2 -> in.skipNBytes(length(in, Long.MAX_VALUE));
      case 5 -> in.skipNBytes(4);
      default -> throw new IOException("not an ONNX file");
    }
  }

  private static int length(InputStream in, int most) throws IOException {
    return (int) length(in, (long) most);
  }

  private static long length(InputStream in, long most) throws IOException {
    long length = varint(in, in.read());
    if (length < 0 || length > most) {
      throw new IOException("not an ONNX file");
    }
    return length;
  }

  private static long varint(InputStream in, int first) throws IOException {
    long value = 0;
    int next = first;
    for (int shift = 0; shift < 64; shift += 7) {
      if (next < 0) {
        throw new EOFException("not an ONNX file");
      }
      value |= (long) (next & 0x7f) << shift;
      if ((next & 0x80) == 0) {
        return value;
      }
      next = in.read();
    }
    throw new IOException("not an ONNX file");
  }
}
