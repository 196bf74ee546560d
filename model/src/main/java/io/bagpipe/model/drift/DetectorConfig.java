package io.bagpipe.model.drift;

import java.util.stream.IntStream;

/**
 * What a detector compares, and how rarely it may be wrong.
 *
 * @param reference images that the newest ones are compared with: those after the last change; a
 *     multiple of {@link #BLOCK}, at least 256. Nothing is found while they are gathered
 * @param window newest images that are compared, at most: {@link #SMALLEST} times a power of two,
 *     at most the reference. Beside it three quarters of it are compared, a half, three eighths,
 *     and so on down to the smallest: few images show a great change at once, many a small one in
 *     time
 * @param runLength images between two false alarms that are expected at least, while nothing
 *     changes (ARL0)
 */
public record DetectorConfig(int reference, int window, double runLength) {
  /** Images between two tests. */
  public static final int BLOCK = 16;

  /** Smallest number of newest images that is compared. */
  public static final int SMALLEST = 32;

  private static final int SMALLEST_REFERENCE = 256;

  /** 1,024 images of reference, windows of 32 to 512, a false alarm in ten million images. */
  public static final DetectorConfig DEFAULT = new DetectorConfig(1024, 512, 1e7);

  public DetectorConfig {
    if (reference < SMALLEST_REFERENCE || reference > 1 << 20 || reference % BLOCK != 0) {
      throw new IllegalArgumentException(
          "reference of %d images, wanted a multiple of %d from %d to %d"
              .formatted(reference, BLOCK, SMALLEST_REFERENCE, 1 << 20));
    }
    if (window < SMALLEST || window > reference || Integer.bitCount(window) != 1) {
      throw new IllegalArgumentException(
          "window of %d images, wanted a power of two from %d to the reference's %d"
              .formatted(window, SMALLEST, reference));
    }
    if (!(runLength >= 1000 && runLength <= 1e15)) {
      throw new IllegalArgumentException(
          "run length of " + runLength + " images, wanted 1000 to 1e15");
    }
  }

  /** The numbers of newest images that are compared, rising. */
  int[] windows() {
    return IntStream.iterate(SMALLEST, n -> n <= window, n -> 2 * n)
        .flatMap(n -> IntStream.of(n, n + n / 2))
        .filter(n -> n <= window)
        .toArray();
  }
}
