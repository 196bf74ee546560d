package io.bagpipe.streams.record;

import org.jspecify.annotations.Nullable;

/**
 * One change of what a stage keeps of a partition, for a compacted topic; the arrays are handed
 * over and must not change afterwards.
 *
 * @param topic compacted, with as many partitions as the stage's input
 * @param key what it is about; the newest record of a key counts
 * @param value null: nothing is kept of it any more
 */
public record StateRecord(String topic, byte[] key, byte @Nullable [] value) {
  /** Bytes of key and value. */
  public long sizeBytes() {
    return key.length + (value == null ? 0L : value.length);
  }
}
