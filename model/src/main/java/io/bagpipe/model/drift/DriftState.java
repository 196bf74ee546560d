package io.bagpipe.model.drift;

/**
 * What a detector goes on from, beside its {@link Block}s: small, and whole between two images.
 *
 * @param images that it has been given
 * @param began how many of them came before the reference
 * @param bandwidth of the kernel; 0 while the reference is being gathered
 * @param mean of the reference's features; empty while it is being gathered
 * @param level of the thresholds; 0 while the reference is being gathered
 */
public record DriftState(long images, long began, double bandwidth, double[] mean, double level) {

  /**
   * The projections of up to {@link DetectorConfig#BLOCK} images that came one after the other.
   *
   * @param slot where it stands among those that a detector keeps; a later one of the same slot
   *     replaces it
   * @param projections [images, directions]
   */
  public record Block(int slot, float[] projections) {}
}
