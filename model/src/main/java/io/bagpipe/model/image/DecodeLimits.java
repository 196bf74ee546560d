package io.bagpipe.model.image;

import java.time.Duration;

/**
 * What a decoder may spend on one untrusted file. Bytes and pixels are checked before memory is
 * taken.
 *
 * @param maxEncodedBytes largest file, at least 1
 * @param maxPixels largest width times height that a header may claim, at least 1
 * @param timeLimit longest decode of one image, positive
 */
public record DecodeLimits(int maxEncodedBytes, long maxPixels, Duration timeLimit) {
  public DecodeLimits {
    if (maxEncodedBytes < 1) {
      throw new IllegalArgumentException(
          "maxEncodedBytes must be at least 1, but is " + maxEncodedBytes);
    }
    // Four bytes a pixel in one array.
    if (maxPixels < 1 || maxPixels > Integer.MAX_VALUE / 4) {
      throw new IllegalArgumentException(
          "maxPixels must be 1 to " + Integer.MAX_VALUE / 4 + ", but is " + maxPixels);
    }
    if (timeLimit.isNegative() || timeLimit.isZero()) {
      throw new IllegalArgumentException("timeLimit must be positive, but is " + timeLimit);
    }
  }

  /** 32 MiB, 48 million pixels (192 MB decoded), five seconds. */
  public static DecodeLimits defaults() {
    return new DecodeLimits(32 << 20, 48_000_000, Duration.ofSeconds(5));
  }
}
