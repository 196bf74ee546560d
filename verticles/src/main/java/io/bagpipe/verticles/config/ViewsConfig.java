package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.channels;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.number;
import static io.bagpipe.verticles.config.ValueTypes.positive;

import java.util.List;

/** How views are drawn (MoCo v2's recipe, which the paper uses). */
public record ViewsConfig(
    Geometry geometry,
    Crop crop,
    Jitter jitter,
    double grayscale,
    Blur blur,
    double flip,
    Channels mean,
    Channels std) {

  /**
   * Sizes in pixels.
   *
   * @param size side of every view
   * @param pad zero border laid round the image before anything else
   * @param indexResize shorter side of the image when the index view is cut from its centre
   */
  public record Geometry(int size, int pad, int indexResize) {
    public Geometry {
      if (indexResize < size) {
        throw new ConfigException(
            "views.index-resize: \""
                + indexResize
                + "\" is not valid; expected at least views.size ("
                + size
                + ")");
      }
    }
  }

  /** RandomResizedCrop: shares of the image's area, and width over height. */
  public record Crop(double minArea, double maxArea, double minRatio, double maxRatio) {
    public Crop {
      ordered("views.crop.min-area", minArea, "views.crop.max-area", maxArea);
      ordered("views.crop.min-ratio", minRatio, "views.crop.max-ratio", maxRatio);
    }
  }

  /** ColorJitter, in random order. */
  public record Jitter(
      double probability, double brightness, double contrast, double saturation, double hue) {}

  /** Gaussian blur, sigma in pixels of the view. */
  public record Blur(double probability, double minSigma, double maxSigma) {
    public Blur {
      ordered("views.blur.min-sigma", minSigma, "views.blur.max-sigma", maxSigma);
    }
  }

  static final Key<Integer> SIZE =
      new Key<>(
          "views.size",
          integer(8, 1024),
          "32",
          "Side of every view, pixels; what the teacher takes. The paper: 224.");
  static final Key<Integer> PAD =
      new Key<>(
          "views.pad",
          integer(0, 1024),
          "2",
          "Black border laid round every image first, pixels. 2 makes 32x32 of Fashion-MNIST's"
              + " 28x28, as its teacher expects; 0 for photographs.");
  static final Key<Integer> INDEX_RESIZE =
      new Key<>(
          "views.index-resize",
          integer(8, 2048),
          "32",
          "Shorter side that an image is resized to before the index view, views.size wide, is cut"
              + " from its centre, pixels. The paper: 256 for 224.");
  static final Key<Double> MIN_AREA =
      new Key<>(
          "views.crop.min-area",
          positive(1),
          "0.5",
          "Smallest crop, share of the image's area. The paper: 0.2; small pictures bear less.");
  static final Key<Double> MAX_AREA =
      new Key<>("views.crop.max-area", positive(1), "1", "Largest crop; the paper: 1.");
  static final Key<Double> MIN_RATIO =
      new Key<>(
          "views.crop.min-ratio", positive(100), "0.75", "Narrowest crop, width over height.");
  static final Key<Double> MAX_RATIO =
      new Key<>(
          "views.crop.max-ratio",
          positive(100),
          "1.3333333333333333",
          "Widest crop, width over height.");
  static final Key<Double> JITTER_PROBABILITY =
      new Key<>("views.jitter.probability", number(0, 1), "0.8", "Of changing the colours.");
  static final Key<Double> BRIGHTNESS =
      new Key<>("views.jitter.brightness", number(0, 1), "0.4", "Factor within 1 +- this.");
  static final Key<Double> CONTRAST =
      new Key<>("views.jitter.contrast", number(0, 1), "0.4", "Factor within 1 +- this.");
  static final Key<Double> SATURATION =
      new Key<>("views.jitter.saturation", number(0, 1), "0.4", "Factor within 1 +- this.");
  static final Key<Double> HUE =
      new Key<>(
          "views.jitter.hue", number(0, 0.5), "0.1", "Turn within +- this, of a full circle.");
  static final Key<Double> GRAYSCALE =
      new Key<>("views.grayscale", number(0, 1), "0.2", "Probability of taking the colours out.");
  static final Key<Double> BLUR_PROBABILITY =
      new Key<>("views.blur.probability", number(0, 1), "0.5", "Of a Gaussian blur.");
  static final Key<Double> MIN_SIGMA =
      new Key<>("views.blur.min-sigma", positive(100), "0.1", "Least blur, pixels.");
  static final Key<Double> MAX_SIGMA =
      new Key<>("views.blur.max-sigma", positive(100), "2", "Most blur, pixels.");
  static final Key<Double> FLIP =
      new Key<>("views.flip", number(0, 1), "0.5", "Probability of mirroring left and right.");
  static final Key<Channels> MEAN =
      new Key<>(
          "views.mean",
          channels(-255, 255),
          "[0.286, 0.286, 0.286]",
          "Subtracted from pixels in [0, 1] before the student sees them: Fashion-MNIST's. ImageNet:"
              + " [0.485, 0.456, 0.406].");
  static final Key<Channels> STD =
      new Key<>(
          "views.std",
          channels(1e-6, 255),
          "[0.353, 0.353, 0.353]",
          "Divides the pixels after that. ImageNet: [0.229, 0.224, 0.225].");

  static final List<Key<?>> KEYS =
      List.of(
          SIZE,
          PAD,
          INDEX_RESIZE,
          MIN_AREA,
          MAX_AREA,
          MIN_RATIO,
          MAX_RATIO,
          JITTER_PROBABILITY,
          BRIGHTNESS,
          CONTRAST,
          SATURATION,
          HUE,
          GRAYSCALE,
          BLUR_PROBABILITY,
          MIN_SIGMA,
          MAX_SIGMA,
          FLIP,
          MEAN,
          STD);

  static ViewsConfig from(Values v) {
    int size = v.get(SIZE);
    // Whoever only enlarges the view wants no smaller index view: the least that fits.
    int indexResize =
        v.has(INDEX_RESIZE) ? v.get(INDEX_RESIZE) : Math.max(size, v.get(INDEX_RESIZE));
    return new ViewsConfig(
        new Geometry(size, v.get(PAD), indexResize),
        new Crop(v.get(MIN_AREA), v.get(MAX_AREA), v.get(MIN_RATIO), v.get(MAX_RATIO)),
        new Jitter(
            v.get(JITTER_PROBABILITY),
            v.get(BRIGHTNESS),
            v.get(CONTRAST),
            v.get(SATURATION),
            v.get(HUE)),
        v.get(GRAYSCALE),
        new Blur(v.get(BLUR_PROBABILITY), v.get(MIN_SIGMA), v.get(MAX_SIGMA)),
        v.get(FLIP),
        v.get(MEAN),
        v.get(STD));
  }

  private static void ordered(String lowKey, double low, String highKey, double high) {
    if (low > high) {
      throw new ConfigException(
          lowKey
              + ": \""
              + low
              + "\" is not valid; expected at most "
              + highKey
              + " ("
              + high
              + ")");
    }
  }
}
