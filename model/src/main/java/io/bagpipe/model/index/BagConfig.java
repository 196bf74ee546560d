package io.bagpipe.model.index;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How bags are drawn, and how large the window is they are drawn from.
 *
 * @param window most pushes in the window
 * @param windowBytes most bytes of encoded images, teacher keys, ids and labels in the window; the
 *     oldest entries leave early to keep to it
 * @param neighbours k, the size of a full bag; the paper's is 5
 * @param minSimilarity a neighbour's least cosine similarity; -1 lets all pass
 * @param nearDuplicate entries more similar than this are left out of bags; 2 leaves none out
 * @param memberChoice how the member is drawn from the bag
 * @param minWindow while an anchor sees fewer entries than this it stands alone: an empty bag and
 *     no member
 * @param directory where encoded images are kept, in a file that nobody else sees; null keeps them
 *     in native memory
 */
public record BagConfig(
    int window,
    long windowBytes,
    int neighbours,
    double minSimilarity,
    double nearDuplicate,
    MemberChoice memberChoice,
    int minWindow,
    @Nullable Path directory) {

  /** How a member is drawn from a bag. */
  public enum MemberChoice {
    /** Each neighbour alike, as the paper has it. */
    UNIFORM,
    /** In proportion to similarity, where that is positive. */
    SIMILARITY
  }

  /**
   * 65,536 pushes, 1 GiB, five neighbours drawn uniformly, no limits of similarity, 64 at least.
   */
  public static final BagConfig DEFAULT =
      new BagConfig(65_536, 1L << 30, 5, -1, 2, MemberChoice.UNIFORM, 64, null);

  public BagConfig {
    require(window >= 1 && window <= 1 << 30, "window", window, "1 to " + (1 << 30));
    require(windowBytes >= 1, "windowBytes", windowBytes, "at least 1");
    require(neighbours >= 1 && neighbours <= 1024, "neighbours", neighbours, "1 to 1024");
    require(minSimilarity >= -1 && minSimilarity <= 1, "minSimilarity", minSimilarity, "-1 to 1");
    require(
        nearDuplicate > minSimilarity,
        "nearDuplicate",
        nearDuplicate,
        "above minSimilarity (" + minSimilarity + ")");
    require(
        minWindow >= 1 && minWindow <= window,
        "minWindow",
        minWindow,
        "1 to window (" + window + ")");
  }

  private static void require(boolean good, String name, Number value, String wanted) {
    if (!good) {
      throw new IllegalArgumentException(name + " is " + value + ", wanted " + wanted);
    }
  }
}
