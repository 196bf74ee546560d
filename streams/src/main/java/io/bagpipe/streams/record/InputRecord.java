package io.bagpipe.streams.record;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One consumed record. The arrays are handed over, not copied: whoever holds the record owns them.
 *
 * @param partition of the topic, from 0
 * @param offset in the partition; offsets grow, with gaps where transactions were marked
 * @param value null: a tombstone
 * @param headers the last value of each name; a header without a value is an empty array
 */
public record InputRecord(
    String topic,
    int partition,
    long offset,
    byte @Nullable [] key,
    byte @Nullable [] value,
    Map<String, byte[]> headers,
    long timestampMillis) {

  /** Bytes of key, value and headers: what bounds of queues and batches count. */
  public long sizeBytes() {
    long bytes = (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
    for (Map.Entry<String, byte[]> header : headers.entrySet()) {
      bytes += header.getKey().length() + header.getValue().length;
    }
    return bytes;
  }

  /** {@code topic-partition@offset}: how messages name a record. */
  public String coordinates() {
    return topic + "-" + partition + "@" + offset;
  }
}
