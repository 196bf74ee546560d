package io.bagpipe.model.drift;

import io.bagpipe.model.drift.DriftState.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says when a stream has changed: a fold over its images, in order. The first images, and those
 * after each change, are the reference; from then on the newest images, in windows of several
 * lengths, are compared with it by their squared maximum mean discrepancy (Gretton et al., JMLR
 * 2012; online as in alibi-detect, with thresholds for an expected run length, here not by
 * resampling but from the reference's spectrum, see {@link Reference}). Tested every {@link
 * DetectorConfig#BLOCK} images.
 *
 * <p>The reference does not move, so that a slow change adds up until it is seen.
 *
 * <p>What it finds is a function of the vectors, in order, of the configuration and of the seed. It
 * can be taken up anywhere: {@link #state} and the blocks that have changed ({@link #changed}),
 * kept together, are all there is. Confined to one thread. An image costs {@link
 * RandomFeatures#COUNT} products with its vector and as many cosines and sines, whatever the
 * reference and windows are; memory 640 bytes an image of the reference.
 */
public final class DriftDetector {
  private static final int BLOCK_VALUES = DetectorConfig.BLOCK * RandomFeatures.COUNT;

  private final DetectorConfig config;
  private final RandomFeatures features;
  private final float[][] blocks;
  private final double[][] sums;
  private final TreeSet<Integer> changed = new TreeSet<>();
  private long images;
  private long began;
  private @Nullable Reference reference;
  private Change latest = new Change(0, 0, 0, 0);

  /**
   * A detector that has seen nothing.
   *
   * @param dimension of the vectors
   */
  public DriftDetector(DetectorConfig config, int dimension, long seed) {
    this.config = config;
    this.features = new RandomFeatures(dimension, seed);
    int slots = config.reference() / DetectorConfig.BLOCK;
    this.blocks = new float[slots][BLOCK_VALUES];
    this.sums = new double[slots][RandomFeatures.DIMENSION];
  }

  /**
   * Goes on from where another detector of the same configuration, dimension and seed was.
   *
   * @param kept the newest block of each slot
   * @throws IllegalArgumentException when the parts do not fit this detector
   */
  public void restore(DriftState state, Collection<Block> kept) {
    require(state.images() >= state.began() && state.began() >= 0, "its counts");
    require(state.began() % DetectorConfig.BLOCK == 0, "its counts");
    boolean whole = state.bandwidth() > 0;
    require(state.mean().length == (whole ? RandomFeatures.DIMENSION : 0), "its mean");
    require(whole == (state.images() - state.began() >= config.reference()), "its reference");
    for (Block block : kept) {
      require(block.slot() >= 0 && block.slot() < blocks.length, "its blocks");
      require(block.projections().length <= BLOCK_VALUES, "its blocks");
      Arrays.fill(blocks[block.slot()], 0);
      System.arraycopy(block.projections(), 0, blocks[block.slot()], 0, block.projections().length);
    }
    images = state.images();
    began = state.began();
    reference = whole ? new Reference(state.bandwidth(), state.mean(), state.level()) : null;
    changed.clear();
    latest = new Change(began, 0, 0, 0);
    if (reference != null) {
      for (int slot = 0; slot < blocks.length; slot++) {
        sum(slot, reference);
      }
      if (images - began - config.reference() >= DetectorConfig.BLOCK) {
        test(reference);
      }
    }
  }

  private static void require(boolean good, String what) {
    if (!good) {
      throw new IllegalArgumentException("a detector's state of another kind: " + what);
    }
  }

  /**
   * Takes the next image.
   *
   * @param vector a unit vector, not kept
   * @return a change, when this image shows one: the reference is then gathered anew, from the next
   *     image on
   */
  public Optional<Change> add(float[] vector) {
    if (vector.length != features.dimension()) {
      throw new IllegalArgumentException(
          "a vector of " + vector.length + " values, wanted " + features.dimension());
    }
    int slot = (int) (images / DetectorConfig.BLOCK % blocks.length);
    int row = (int) (images % DetectorConfig.BLOCK);
    if (row == 0) {
      Arrays.fill(blocks[slot], 0);
    }
    features.project(vector, blocks[slot], row * RandomFeatures.COUNT);
    changed.add(slot);
    images++;
    return row == DetectorConfig.BLOCK - 1 ? completed(slot) : Optional.empty();
  }

  private Optional<Change> completed(int slot) {
    Reference with = reference;
    if (with == null) {
      if (images - began == config.reference()) {
        reference = Reference.of(inOrder(), config);
      }
      return Optional.empty();
    }
    sum(slot, with);
    test(with);
    if (latest.statistic() <= latest.threshold()) {
      return Optional.empty();
    }
    Change found = latest;
    reference = null;
    began = images;
    latest = new Change(images, 0, 0, 0);
    return Optional.of(found);
  }

  /** The projections of the reference's images, the oldest first. */
  private float[] inOrder() {
    float[] all = new float[blocks.length * BLOCK_VALUES];
    int first = (int) (began / DetectorConfig.BLOCK % blocks.length);
    for (int i = 0; i < blocks.length; i++) {
      System.arraycopy(blocks[(first + i) % blocks.length], 0, all, i * BLOCK_VALUES, BLOCK_VALUES);
    }
    return all;
  }

  private void sum(int slot, Reference with) {
    Arrays.fill(sums[slot], 0);
    for (int row = 0; row < DetectorConfig.BLOCK; row++) {
      RandomFeatures.addFeatures(
          blocks[slot], row * RandomFeatures.COUNT, with.bandwidth(), sums[slot]);
    }
  }

  /** Compares every window that is full; the one that is furthest beyond its threshold counts. */
  private void test(Reference with) {
    long blocksSeen = images / DetectorConfig.BLOCK;
    long since = blocksSeen * DetectorConfig.BLOCK - began - config.reference();
    double[] mean = new double[RandomFeatures.DIMENSION];
    double[] total = new double[RandomFeatures.DIMENSION];
    int taken = 0;
    latest = new Change(blocksSeen * DetectorConfig.BLOCK, 0, 0, 0);
    for (int window : config.windows()) {
      if (since < window) {
        return;
      }
      for (; taken < window / DetectorConfig.BLOCK; taken++) {
        double[] of = sums[(int) ((blocksSeen - 1 - taken) % blocks.length)];
        for (int j = 0; j < total.length; j++) {
          total[j] += of[j];
        }
      }
      for (int j = 0; j < total.length; j++) {
        mean[j] = total[j] / window;
      }
      Change compared =
          new Change(
              blocksSeen * DetectorConfig.BLOCK,
              window,
              Reference.squaredDistance(mean, with.mean()),
              with.threshold(window, config.reference()));
      if (ratio(compared) > ratio(latest)) {
        latest = compared;
      }
    }
  }

  private static double ratio(Change of) {
    return of.threshold() > 0 ? of.statistic() / of.threshold() : -1;
  }

  /**
   * The newest comparison, of the window that was furthest beyond its threshold or nearest to it;
   * of no window, with threshold 0, before there is one.
   */
  public Change latest() {
    return latest;
  }

  /** Whether images are compared, and not gathered for the reference. */
  public boolean isWatching() {
    return reference != null;
  }

  /** Images that it has been given. */
  public long images() {
    return images;
  }

  /** What it goes on from, beside its blocks. */
  public DriftState state() {
    Reference now = reference;
    return now == null
        ? new DriftState(images, began, 0, new double[0], 0)
        : new DriftState(images, began, now.bandwidth(), now.mean().clone(), now.level());
  }

  /** The blocks that have changed since this was last asked. */
  public List<Block> changed() {
    List<Block> now = new ArrayList<>(changed.size());
    int current = (int) (images / DetectorConfig.BLOCK % blocks.length);
    int rows = (int) (images % DetectorConfig.BLOCK);
    for (int slot : changed) {
      int values = slot == current && rows > 0 ? rows * RandomFeatures.COUNT : BLOCK_VALUES;
      now.add(new Block(slot, Arrays.copyOf(blocks[slot], values)));
    }
    changed.clear();
    return now;
  }
}
