package io.bagpipe.streams.intake;

import java.time.Duration;

/**
 * Size or delay: a batch goes out when it has maxRecords or maxBytes, or when its oldest record has
 * waited for linger. A single record may be larger than maxBytes.
 */
public record BatchLimits(int maxRecords, long maxBytes, Duration linger) {
  public BatchLimits {
    if (maxRecords < 1 || maxBytes < 1 || linger.isNegative()) {
      throw new IllegalArgumentException(
          "batch limits are "
              + maxRecords
              + " records, "
              + maxBytes
              + " bytes, "
              + linger
              + ", must be at least 1, 1 and 0");
    }
  }

  /** Whatever is there, one record at a time. */
  public static BatchLimits single() {
    return new BatchLimits(1, Long.MAX_VALUE, Duration.ZERO);
  }
}
