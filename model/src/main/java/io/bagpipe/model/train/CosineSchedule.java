package io.bagpipe.model.train;

/**
 * The learning rate, a half cosine from {@code base} down to {@code floor} counted in images; a
 * stream has no epochs (METHOD: "From epochs to a stream"). From the horizon on it stays at the
 * floor.
 */
public record CosineSchedule(double base, double floor, long horizonImages) {
  public CosineSchedule {
    if (!(base > 0 && Double.isFinite(base))) {
      throw new IllegalArgumentException("learning rate " + base + "; valid: above 0");
    }
    if (!(floor >= 0 && floor <= base)) {
      throw new IllegalArgumentException(
          "learning rate floor " + floor + "; valid: 0 to the rate itself, " + base);
    }
    if (horizonImages < 1) {
      throw new IllegalArgumentException("horizon of " + horizonImages + " images; valid: above 0");
    }
  }

  /** The rate for the step that begins after so many images. */
  public double at(long images) {
    if (images >= horizonImages) {
      return floor;
    }
    double passed = Math.max(images, 0) / (double) horizonImages;
    return floor + (base - floor) * 0.5 * (1 + Math.cos(Math.PI * passed));
  }
}
