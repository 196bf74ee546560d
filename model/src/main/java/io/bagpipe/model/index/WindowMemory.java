package io.bagpipe.model.index;

import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** Native memory of windows, so that one that cannot fill up is refused before it is made. */
public final class WindowMemory {
  private static final long MIB = 1 << 20;

  private WindowMemory() {}

  /** Bytes outside the heap that a window takes once it is full. */
  public static long bytes(BagConfig config, int featureDimension) {
    long vectors = (config.window() + (long) RollingIndex.BATCH) * featureDimension * Float.BYTES;
    return config.directory() == null ? vectors + config.windowBytes() : vectors;
  }

  /**
   * Refuses windows that do not fit.
   *
   * @param windows how many of them this process holds, at least
   * @throws IllegalArgumentException that says what they take and what the limit is
   */
  public static void check(BagConfig config, int featureDimension, int windows) {
    check(config, featureDimension, windows, limit());
  }

  /**
   * Whether windows that take so many bytes now leave too little of the native memory that this
   * process is allowed, a quarter, to what else it runs. Where there is no limit, never.
   */
  public static boolean isTight(long bytes) {
    return isTight(bytes, limit());
  }

  static boolean isTight(long bytes, long limit) {
    return limit > 0 && bytes > limit / 4 * 3;
  }

  static void check(BagConfig config, int featureDimension, int windows, long limit) {
    long wanted = windows * bytes(config, featureDimension);
    if (limit > 0 && wanted > limit) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d window(s) of %,d images x %d values and %,d MiB of image files take %,d MiB of"
                  + " native memory, and %,d MiB are allowed: make bags.window or bags.bytes"
                  + " smaller, or start with"
                  + " BAGPIPE_JAVA_OPTS=a larger -Dorg.bytedeco.javacpp.maxbytes and -Dorg.bytedeco.javacpp.maxphysicalbytes",
              windows,
              config.window(),
              featureDimension,
              config.windowBytes() / MIB,
              wanted / MIB,
              limit / MIB));
    }
  }

  /** The smaller of JavaCPP's two limits; 0 where there is none. */
  private static long limit() {
    long own = Pointer.maxBytes();
    long process = Pointer.maxPhysicalBytes();
    return own <= 0 ? process : process <= 0 ? own : Math.min(own, process);
  }
}
