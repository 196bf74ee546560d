package io.bagpipe.model.memory;

import io.bagpipe.model.index.BagConfig;

/**
 * How much is remembered, and of what.
 *
 * @param images at most
 * @param bytes of their files and keys, at most
 * @param policy who leaves when there are more
 */
public record MemoryConfig(int images, long bytes, Policy policy) {

  /** Who is remembered. */
  public enum Policy {
    /**
     * Each image that ever came, equally likely, however long ago: of all ids those with the
     * smallest hash (bottom-k sampling; Cohen, Kaplan, PODC 2007), which is a reservoir that needs
     * no count of what it has seen.
     */
    RESERVOIR,
    /** The newest. */
    FIFO,
    /**
     * Those least like another: the later one of the two that are most alike leaves (after MinRed:
     * Purushwalkam, Morgado, Gupta, ECCV 2022, here on the teacher's features, which do not move).
     */
    MINIMUM_REDUNDANCY
  }

  /** A window that takes as much native memory as this one and the memory together. */
  public BagConfig beside(BagConfig window) {
    return new BagConfig(
        window.window() + 2 * images,
        window.windowBytes() + 2 * bytes,
        window.neighbours(),
        window.minSimilarity(),
        window.nearDuplicate(),
        window.memberChoice(),
        window.minWindow(),
        window.directory());
  }

  public MemoryConfig {
    if (images < 1 || images > 1 << 28) {
      throw new IllegalArgumentException("memory of " + images + " images, wanted 1 to 2^28");
    }
    if (bytes < 1) {
      throw new IllegalArgumentException("memory of " + bytes + " bytes, wanted at least 1");
    }
  }
}
