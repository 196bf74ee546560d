package io.bagpipe.model.augment;

import io.bagpipe.model.augment.ViewParameters.Adjustment;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.image.ImageDecoder;
import io.bagpipe.model.image.ImageHeader;
import io.bagpipe.model.image.ImageRejectedException;
import io.bagpipe.model.image.PixelBuffer;
import io.bagpipe.model.image.Region;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.random.ImageCoordinates;
import org.jspecify.annotations.Nullable;

/**
 * Draws views of encoded images: MoCo v2's random views for student and teacher, and the index view
 * (resize and centre crop). A view is drawn from (seed, coordinates, purpose) alone; its bytes are
 * a function of that, file and configuration, and, of a JPEG so large that it is decoded reduced,
 * also of which views are made in the same call: the smallest of their crops decides the reduction.
 *
 * <p>Confined to one thread: make one a worker thread, it is cheap. It keeps its buffers from image
 * to image; the views it returns are new arrays that belong to the caller, uint8 [size, size, 3]
 * RGB. What is decoded is what the views need: the part of the image that their crops cover, and of
 * a large JPEG a reduced form ({@link #REDUCTION_MARGIN}).
 */
public final class ViewFactory {
  /**
   * A JPEG is decoded at a half, a quarter or an eighth of its size only if the smallest crop still
   * has this many times the view's pixels each way.
   */
  static final double REDUCTION_MARGIN = 2;

  private static final int LARGEST_REDUCTION = 8;

  private final ViewConfig config;
  private final long seed;
  private final ImageDecoder decoder;
  private final PixelBuffer padded = new PixelBuffer();
  private final Resampler resampler = new Resampler();
  private final Planes planes = new Planes();

  /** Of the picture that was opened last. */
  private int shorterSide;

  public ViewFactory(ViewConfig config, DecodeLimits limits, long seed) {
    this.config = config;
    this.seed = seed;
    this.decoder = new ImageDecoder(limits);
  }

  /** The three views of an anchor, decoded once. */
  public AnchorViews anchor(byte[] encoded, ImageCoordinates at) throws ImageRejectedException {
    return anchor(encoded, at, true);
  }

  /**
   * The views of an anchor, decoded once.
   *
   * @param withKey whether the key view is wanted too
   */
  public AnchorViews anchor(byte[] encoded, ImageCoordinates at, boolean withKey)
      throws ImageRejectedException {
    if (!withKey) {
      byte[][] two = views(encoded, at, true, Purpose.QUERY_VIEW);
      return new AnchorViews(two[0], new byte[0], two[1], shorterSide);
    }
    byte[][] views = views(encoded, at, true, Purpose.QUERY_VIEW, Purpose.KEY_VIEW);
    return new AnchorViews(views[0], views[1], views[2], shorterSide);
  }

  /**
   * A fresh view of a bag's member.
   *
   * @param encoded the member's file
   * @param anchor the coordinates of the anchor, not of the member
   */
  public byte[] member(byte[] encoded, ImageCoordinates anchor) throws ImageRejectedException {
    return views(encoded, anchor, false, Purpose.MEMBER_VIEW)[0];
  }

  /**
   * Looks at the head of a file, as far as it says what the file is and how large: what is wrong
   * with the pixels is found when they are decoded.
   *
   * @return the picture's shorter side, pixels
   * @throws ImageRejectedException when this is no image, or beyond the limits
   */
  public int shorterSide(byte[] encoded) throws ImageRejectedException {
    ImageHeader header = decoder.open(encoded);
    return Math.min(header.width(), header.height());
  }

  /** The index view alone. */
  public byte[] index(byte[] encoded) throws ImageRejectedException {
    return views(encoded, new ImageCoordinates(0, 0), true)[0];
  }

  /** Random views, one for each purpose, and no index view. */
  public byte[][] views(byte[] encoded, ImageCoordinates at, Purpose... purposes)
      throws ImageRejectedException {
    return views(encoded, at, false, purposes);
  }

  private byte[][] views(byte[] encoded, ImageCoordinates at, boolean index, Purpose... purposes)
      throws ImageRejectedException {
    ImageHeader header = decoder.open(encoded);
    shorterSide = Math.min(header.width(), header.height());
    int width = header.width() + 2 * config.pad();
    int height = header.height() + 2 * config.pad();
    ViewParameters[] drawn = new ViewParameters[purposes.length];
    for (int i = 0; i < purposes.length; i++) {
      drawn[i] = ViewParameters.draw(config, width, height, Draw.of(seed, at, purposes[i]));
    }
    @Nullable IndexGeometry whole = index ? IndexGeometry.of(config, width, height) : null;
    PixelBuffer pixels = read(header, drawn, whole);
    byte[][] views = new byte[drawn.length + (index ? 1 : 0)][];
    for (int i = 0; i < drawn.length; i++) {
      views[i] = render(pixels, drawn[i]);
    }
    if (whole != null) {
      resampler.resize(pixels, whole.box(pixels.reduction()), planes);
      views[drawn.length] = planes.toBytes(false);
    }
    return views;
  }

  private PixelBuffer read(
      ImageHeader header, ViewParameters[] drawn, @Nullable IndexGeometry index)
      throws ImageRejectedException {
    if (config.pad() > 0) {
      padded.pad(decoder.read(header.whole(), 1), config.pad());
      return padded;
    }
    Region wanted = index == null ? drawn[0].crop() : index.needed();
    double margin = index == null ? Double.MAX_VALUE : index.scale();
    for (ViewParameters view : drawn) {
      Region crop = view.crop();
      wanted = wanted.union(crop);
      margin = Math.min(margin, (double) Math.min(crop.width(), crop.height()) / config.size());
    }
    int reduction = 1;
    while (reduction < LARGEST_REDUCTION && margin >= 2 * reduction * REDUCTION_MARGIN) {
      reduction *= 2;
    }
    return decoder.read(wanted, reduction);
  }

  private byte[] render(PixelBuffer pixels, ViewParameters view) {
    int size = config.size();
    resampler.resize(
        pixels,
        Resampler.Box.of(view.crop(), pixels.reduction(), size, size, new Region(0, 0, size, size)),
        planes);
    for (Adjustment adjustment : view.jitter()) {
      switch (adjustment.colour()) {
        case BRIGHTNESS -> ColorOps.brightness(planes, adjustment.factor());
        case CONTRAST -> ColorOps.contrast(planes, adjustment.factor());
        case SATURATION -> ColorOps.saturation(planes, adjustment.factor());
        case HUE -> ColorOps.hue(planes, adjustment.factor());
      }
    }
    if (view.grayscale()) {
      ColorOps.grayscale(planes);
    }
    if (view.sigma() > 0) {
      GaussianBlur.apply(planes, view.sigma());
    }
    return planes.toBytes(view.flip());
  }
}
