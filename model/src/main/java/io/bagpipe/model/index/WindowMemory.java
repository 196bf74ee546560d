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
   * How many windows this process may hold at once, at least one: as many as take three quarters of
   * the native memory that it is allowed, so that the rest is left to what else it runs. Where
   * there is no limit, any number.
   */
  public static int most(BagConfig config, int featureDimension) {
    return most(config, featureDimension, limit());
  }

  static int most(BagConfig config, int featureDimension, long limit) {
    if (limit <= 0) {
      return Integer.MAX_VALUE;
    }
    long fitting = limit / 4 * 3 / bytes(config, featureDimension);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, fitting));
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
