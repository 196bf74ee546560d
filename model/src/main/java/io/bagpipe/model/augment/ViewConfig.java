package io.bagpipe.model.augment;

/**
 * How views are drawn: MoCo v2's recipe and its numbers.
 *
 * @param size width and height of every view, pixels
 * @param pad black border put around every decoded image first, pixels a side
 * @param crop what a random crop may be
 * @param jitter how colours are changed
 * @param grayscale probability of a grey view, after the jitter
 * @param blur how views are blurred, after that
 * @param flip probability of a mirrored view, last
 * @param indexResize the index view's shorter side before its centre crop, in parts of {@code
 *     size}; 256/224 by custom, 1 to keep all of the shorter side
 */
public record ViewConfig(
    int size,
    int pad,
    Crop crop,
    Jitter jitter,
    double grayscale,
    Blur blur,
    double flip,
    double indexResize) {
  private static final int LARGEST_SIZE = 4096;

  public ViewConfig {
    if (size < 1 || size > LARGEST_SIZE) {
      throw new IllegalArgumentException("size must be 1 to " + LARGEST_SIZE + ", but is " + size);
    }
    if (pad < 0 || pad > LARGEST_SIZE) {
      throw new IllegalArgumentException("pad must be 0 to " + LARGEST_SIZE + ", but is " + pad);
    }
    range("grayscale", grayscale, 1);
    range("flip", flip, 1);
    if (!(indexResize >= 1 && indexResize <= 8)) {
      throw new IllegalArgumentException("indexResize must be 1 to 8, but is " + indexResize);
    }
  }

  /** MoCo v2's views of the given size, as published. */
  public static ViewConfig mocoV2(int size) {
    return new ViewConfig(
        size,
        0,
        new Crop(0.2, 1, 3.0 / 4, 4.0 / 3),
        new Jitter(0.8, 0.4, 0.4, 0.4, 0.1),
        0.2,
        new Blur(0.5, 0.1, 2),
        0.5,
        256.0 / 224);
  }

  public ViewConfig withPad(int pad) {
    return new ViewConfig(size, pad, crop, jitter, grayscale, blur, flip, indexResize);
  }

  public ViewConfig withIndexResize(double indexResize) {
    return new ViewConfig(size, pad, crop, jitter, grayscale, blur, flip, indexResize);
  }

  /** The index view's shorter side before its centre crop, pixels. */
  public int indexShorterSide() {
    return (int) Math.rint(size * indexResize);
  }

  /**
   * Random resized crop.
   *
   * @param minArea smallest part of the image's area
   * @param maxArea largest part
   * @param minRatio smallest width over height
   * @param maxRatio largest
   */
  public record Crop(double minArea, double maxArea, double minRatio, double maxRatio) {
    public Crop {
      if (!(minArea > 0 && minArea <= maxArea && maxArea <= 1)) {
        throw new IllegalArgumentException(
            "crop area must be 0 < min <= max <= 1, but is " + minArea + " to " + maxArea);
      }
      if (!(minRatio > 0 && minRatio <= maxRatio && maxRatio < 1000)) {
        throw new IllegalArgumentException(
            "crop ratio must be 0 < min <= max < 1000, but is " + minRatio + " to " + maxRatio);
      }
    }
  }

  /**
   * Colour jitter: the four changes in random order, each with a factor drawn from [1 - x, 1 + x],
   * or a turn of the hue from [-hue, hue].
   *
   * @param probability of any jitter at all
   * @param brightness 0 to 2; 0 leaves it out, as for the next two
   * @param contrast 0 to 2
   * @param saturation 0 to 2
   * @param hue 0 to 0.5 of a turn
   */
  public record Jitter(
      double probability, double brightness, double contrast, double saturation, double hue) {
    public Jitter {
      range("jitter", probability, 1);
      range("brightness", brightness, 2);
      range("contrast", contrast, 2);
      range("saturation", saturation, 2);
      range("hue", hue, 0.5);
    }
  }

  /**
   * Gaussian blur.
   *
   * @param probability of any blur
   * @param minSigma smallest standard deviation, pixels of the view
   * @param maxSigma largest
   */
  public record Blur(double probability, double minSigma, double maxSigma) {
    public Blur {
      range("blur", probability, 1);
      if (!(minSigma > 0 && minSigma <= maxSigma && maxSigma <= 100)) {
        throw new IllegalArgumentException(
            "blur sigma must be 0 < min <= max <= 100, but is " + minSigma + " to " + maxSigma);
      }
    }
  }

  private static void range(String name, double value, double max) {
    if (!(value >= 0 && value <= max)) {
      throw new IllegalArgumentException(name + " must be 0 to " + max + ", but is " + value);
    }
  }
}
