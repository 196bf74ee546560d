package io.bagpipe.streams.kafka;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What missing topics are created with, and what existing ones are measured against.
 *
 * @param partitions of images, when it must be created; the inner topics follow images
 * @param replication 1 on the embedded broker
 * @param maxRecordBytes largest record of images and of the inner topics, before overhead
 * @param innerCompression {@code lz4}, {@code zstd}, {@code snappy}, {@code gzip} or {@code none}
 * @param imagesRetention how long images and dead letters are kept; null: for ever
 * @param acceptsRetention whether inner topics may be such that Kafka deletes of them by age or
 *     size
 */
public record TopicSettings(
    int partitions,
    int replication,
    int maxRecordBytes,
    String innerCompression,
    @Nullable Duration imagesRetention,
    boolean acceptsRetention) {
  /**
   * What topics allow beyond maxRecordBytes: keys, headers (also those of dead letters), framing.
   */
  public static final int OVERHEAD_BYTES = 64 << 10;

  public TopicSettings {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions is " + partitions + ", must be at least 1");
    }
    if (replication < 1) {
      throw new IllegalArgumentException("replication is " + replication + ", must be at least 1");
    }
    if (maxRecordBytes < 1024 || maxRecordBytes > 1 << 30) {
      throw new IllegalArgumentException(
          "maxRecordBytes is " + maxRecordBytes + ", must be 1 KiB..1 GiB");
    }
  }

  /** Inner topics keep everything until it is trimmed. */
  public TopicSettings(
      int partitions,
      int replication,
      int maxRecordBytes,
      String innerCompression,
      @Nullable Duration imagesRetention) {
    this(partitions, replication, maxRecordBytes, innerCompression, imagesRetention, false);
  }

  /** One partition, one replica, records of up to 16 MiB, lz4, nothing expires. */
  public static TopicSettings defaults() {
    return new TopicSettings(1, 1, 16 << 20, "lz4", null);
  }

  public TopicSettings withPartitions(int count) {
    return new TopicSettings(
        count, replication, maxRecordBytes, innerCompression, imagesRetention, acceptsRetention);
  }

  /** With inner topics of which Kafka may delete by age or size. */
  public TopicSettings withRetentionAccepted(boolean accepted) {
    return new TopicSettings(
        partitions, replication, maxRecordBytes, innerCompression, imagesRetention, accepted);
  }
}
