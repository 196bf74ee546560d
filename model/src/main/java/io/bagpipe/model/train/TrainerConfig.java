package io.bagpipe.model.train;

/**
 * The optimiser and its schedule (METHOD: "Hyper-parameters").
 *
 * @param rate learning rate at the start
 * @param rateFloor learning rate from the horizon on
 * @param momentum of SGD, not Nesterov
 * @param weightDecay of SGD, on every parameter
 * @param horizonImages images over which the rate falls
 */
public record TrainerConfig(
    double rate, double rateFloor, float momentum, float weightDecay, long horizonImages) {
  private static final int EPOCHS = 200;
  private static final int WARMUP_EPOCHS = 11;

  /** The published settings for ResNet-18 and -34. */
  public static TrainerConfig published(long horizonImages) {
    return new TrainerConfig(0.03, 0, 0.9f, 1e-4f, horizonImages);
  }

  /** The published part of a horizon for warming up, 11 of 200 epochs. */
  public static long warmupOf(long horizonImages) {
    return Math.round(horizonImages * (WARMUP_EPOCHS / (double) EPOCHS));
  }

  public TrainerConfig {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum " + momentum + "; valid: 0 to below 1");
    }
    if (!(weightDecay >= 0 && weightDecay < 1)) {
      throw new IllegalArgumentException("weight decay " + weightDecay + "; valid: 0 to below 1");
    }
  }

  CosineSchedule schedule() {
    return new CosineSchedule(rate, rateFloor, horizonImages);
  }
}
