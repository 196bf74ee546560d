package io.bagpipe.model.augment;

import io.bagpipe.model.augment.ViewConfig.Crop;
import io.bagpipe.model.augment.ViewConfig.Jitter;
import io.bagpipe.model.image.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Everything random about one view, drawn before any pixel is touched; so a decoder can be told
 * what is needed, and the draws do not depend on how the pixels are made.
 *
 * @param crop the part of the (padded) image that becomes the view
 * @param jitter colour changes in the order to apply them; empty for none
 * @param grayscale whether the view turns grey
 * @param sigma of the blur, 0 for none
 * @param flip whether the view is mirrored
 */
record ViewParameters(
    Region crop, List<Adjustment> jitter, boolean grayscale, double sigma, boolean flip) {
  private static final int CROP_ATTEMPTS = 10;

  /** The four changes of colour jitter. */
  enum Colour {
    BRIGHTNESS,
    CONTRAST,
    SATURATION,
    HUE
  }

  /** One change: a factor, 1 changing nothing, or for hue a part of a turn. */
  record Adjustment(Colour colour, double factor) {}

  /** Draws a view of an image; the order in which this draws is part of the promise. */
  static ViewParameters draw(ViewConfig config, int width, int height, RandomGenerator random) {
    Region crop = crop(config.crop(), width, height, random);
    List<Adjustment> jitter = List.of();
    if (uniform(random) < config.jitter().probability()) {
      jitter = jitter(config.jitter(), random);
    }
    boolean grayscale = uniform(random) < config.grayscale();
    double sigma = 0;
    if (uniform(random) < config.blur().probability()) {
      sigma = uniform(random, config.blur().minSigma(), config.blur().maxSigma());
    }
    boolean flip = uniform(random) < config.flip();
    return new ViewParameters(crop, jitter, grayscale, sigma, flip);
  }

  /**
   * torchvision's RandomResizedCrop: area uniform, ratio uniform in its logarithm, place uniform;
   * if ten attempts do not fit the image, the largest centred crop of an allowed ratio.
   */
  static Region crop(Crop limits, int width, int height, RandomGenerator random) {
    double area = (double) width * height;
    double minLog = Math.log(limits.minRatio());
    double maxLog = Math.log(limits.maxRatio());
    for (int attempt = 0; attempt < CROP_ATTEMPTS; attempt++) {
      double target = area * uniform(random, limits.minArea(), limits.maxArea());
      double ratio = Math.exp(uniform(random, minLog, maxLog));
      long cropWidth = (long) Math.rint(Math.sqrt(target * ratio));
      long cropHeight = (long) Math.rint(Math.sqrt(target / ratio));
      if (cropWidth > 0 && cropWidth <= width && cropHeight > 0 && cropHeight <= height) {
        int top = below(random, height - (int) cropHeight + 1);
        int left = below(random, width - (int) cropWidth + 1);
        return new Region(left, top, (int) cropWidth, (int) cropHeight);
      }
    }
    double ratio = (double) width / height;
    int cropWidth = width;
    int cropHeight = height;
    if (ratio < limits.minRatio()) {
      cropHeight = Math.max(1, (int) Math.rint(width / limits.minRatio()));
    } else if (ratio > limits.maxRatio()) {
      cropWidth = Math.max(1, (int) Math.rint(height * limits.maxRatio()));
    }
    return new Region((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight);
  }

  private static List<Adjustment> jitter(Jitter limits, RandomGenerator random) {
    Colour[] order = Colour.values();
    for (int i = order.length - 1; i > 0; i--) {
      int j = below(random, i + 1);
      Colour swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    // Factors are drawn in one order whatever the order of use, as torchvision does.
    double brightness = factor(limits.brightness(), random);
    double contrast = factor(limits.contrast(), random);
    double saturation = factor(limits.saturation(), random);
    double hue = uniform(random, -limits.hue(), limits.hue());
    List<Adjustment> adjustments = new ArrayList<>(order.length);
    for (Colour colour : order) {
      double factor =
          switch (colour) {
            case BRIGHTNESS -> brightness;
            case CONTRAST -> contrast;
            case SATURATION -> saturation;
            case HUE -> hue;
          };
      if (factor != (colour == Colour.HUE ? 0 : 1)) {
        adjustments.add(new Adjustment(colour, factor));
      }
    }
    return List.copyOf(adjustments);
  }

  private static double factor(double spread, RandomGenerator random) {
    return uniform(random, Math.max(0, 1 - spread), 1 + spread);
  }

  // Written out, because the JDK may change how its generators make doubles and bounded integers.

  private static double uniform(RandomGenerator random) {
    return (random.nextLong() >>> 11) * 0x1p-53;
  }

  private static double uniform(RandomGenerator random, double from, double to) {
    return from + (to - from) * uniform(random);
  }

  private static int below(RandomGenerator random, int bound) {
    return (int) (uniform(random) * bound);
  }
}
