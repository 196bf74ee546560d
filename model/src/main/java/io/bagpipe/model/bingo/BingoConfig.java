package io.bagpipe.model.bingo;

/**
 * What fixes a training run beside its data and its network (METHOD: "Hyper-parameters").
 *
 * @param temperature T of the loss
 * @param rate learning rate at the start
 * @param rateFloor learning rate from the horizon on
 * @param momentum of SGD, not Nesterov
 * @param weightDecay of SGD, on every parameter
 * @param queue negatives kept
 * @param horizonImages images over which the rate falls
 * @param warmupImages images in which a view is compared with its own key alone
 * @param seed of the queue's start and of CutMix
 */
public record BingoConfig(
    float temperature,
    double rate,
    double rateFloor,
    float momentum,
    float weightDecay,
    int queue,
    long horizonImages,
    long warmupImages,
    long seed) {
  private static final int EPOCHS = 200;
  private static final int WARMUP_EPOCHS = 11;

  /**
   * The published settings for ResNet-18 and -34; the warm-up takes the
   * published part of the horizon, 11 of 200 epochs.
   */
  public static BingoConfig published(long horizonImages, long seed) {
    return new BingoConfig(
        0.2f,
        0.03,
        0,
        0.9f,
        1e-4f,
        65_536,
        horizonImages,
        warmupOf(horizonImages),
        seed);
  }

  /** The published part of a horizon for warming up. */
  public static long warmupOf(long horizonImages) {
    return Math.round(horizonImages * (WARMUP_EPOCHS / (double) EPOCHS));
  }

  public BingoConfig {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum " + momentum + "; valid: 0 to below 1");
    }
    if (!(weightDecay >= 0 && weightDecay < 1)) {
      throw new IllegalArgumentException("weight decay " + weightDecay + "; valid: 0 to below 1");
    }
    if (warmupImages < 0) {
      throw new IllegalArgumentException(
          "warm-up of " + warmupImages + " images; valid: 0 or more");
    }
  }

  CosineSchedule schedule() {
    return new CosineSchedule(rate, rateFloor, horizonImages);
  }
}
