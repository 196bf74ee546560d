package io.bagpipe.streams.record;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One record to produce; the arrays are handed over and must not change afterwards. */
public record OutputRecord(byte @Nullable [] key, byte[] value, Map<String, byte[]> headers) {

  public static OutputRecord of(byte @Nullable [] key, byte[] value) {
    return new OutputRecord(key, value, Map.of());
  }

  /** Bytes of key, value and headers. */
  public long sizeBytes() {
    long bytes = (key == null ? 0L : key.length) + value.length;
    for (Map.Entry<String, byte[]> header : headers.entrySet()) {
      bytes += header.getKey().length() + header.getValue().length;
    }
    return bytes;
  }
}
