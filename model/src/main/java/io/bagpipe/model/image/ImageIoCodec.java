package io.bagpipe.model.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * The rarer formats, through ImageIO: BMP and GIF by the JDK's readers, WebP and TIFF by
 * TwelveMonkeys'. All are Java, but not ours: every step runs under a {@link Watchdog}.
 *
 * <p>Samples are taken as the file has them: ImageIO's own conversions would apply colour profiles
 * and treat grey as linear light, which Pillow does not.
 */
final class ImageIoCodec implements Codec {
  /** What a processor may spend on a header, and on every pixel besides. */
  private static final long HEADER_NANOS = 900_000_000;

  private static final long PIXEL_NANOS = 200;

  private final Watchdog watchdog = new Watchdog();
  private final long maxPixels;
  private final Duration timeLimit;
  private byte[] file = new byte[0];
  private ImageHeader header = new ImageHeader(ImageFormat.BMP, 1, 1);
  private Orientation orientation = Orientation.UPRIGHT;
  private WebpFile.@Nullable Animation animation;

  /** ImageIO holds the pixels a second time, so it gets half of the limit. */
  ImageIoCodec(DecodeLimits limits) {
    this.maxPixels = Math.max(1, limits.maxPixels() / 2);
    this.timeLimit = limits.timeLimit();
  }

  @Override
  public ImageHeader open(byte[] file) throws ImageRejectedException {
    ImageFormat format = ImageFormat.of(file);
    this.animation = format == ImageFormat.WEBP ? WebpFile.animation(file) : null;
    WebpFile.Animation frames = animation;
    this.file = frames == null ? file : frames.frame();
    Deadline deadline = new Deadline(timeLimit);
    header =
        frames == null
            ? watchdog.run(() -> readHeader(file, format, deadline), deadline, HEADER_NANOS)
            : new ImageHeader(format, frames.width(), frames.height());
    if ((long) header.width() * header.height() > maxPixels) {
      throw new ImageRejectedException(
          ImageRejectedException.Reason.TOO_MANY_PIXELS,
          format
              + ": the header claims "
              + header.width()
              + "x"
              + header.height()
              + " pixels, more than "
              + maxPixels);
    }
    orientation =
        switch (format) {
          case WEBP -> WebpFile.orientation(file);
          case TIFF -> Orientation.ofTag(ExifOrientation.find(file, 0, file.length));
          default -> Orientation.UPRIGHT;
        };
    int across = orientation.swapsAxes() ? header.height() : header.width();
    int down = orientation.swapsAxes() ? header.width() : header.height();
    return new ImageHeader(format, across, down);
  }

  @Override
  public Orientation orientation() {
    return orientation;
  }

  @Override
  public void read(Region wanted, int maxReduction, PixelBuffer out, Deadline deadline)
      throws ImageRejectedException {
    ImageHeader expected = header;
    byte[] source = file;
    BufferedImage image =
        watchdog.run(
            () -> readImage(source, expected.format(), deadline),
            deadline,
            HEADER_NANOS + PIXEL_NANOS * expected.width() * expected.height());
    WebpFile.Animation frames = animation;
    Region held = new Region(0, 0, expected.width(), expected.height());
    out.reshape(held, 1);
    int left = 0;
    int top = 0;
    if (expected.format() == ImageFormat.GIF || frames != null) {
      Region gif = frames == null ? GifHeader.firstFrame(source) : held;
      left = frames == null ? gif.left() : frames.left();
      top = frames == null ? gif.top() : frames.top();
      Arrays.fill(out.pixels(), 0, held.width() * held.height(), 0xFFFFFF);
    } else if (image.getWidth() != held.width() || image.getHeight() != held.height()) {
      throw Codec.corrupt(
          expected.format() + ": the pixels are not of the size that the header claims");
    }
    BufferedImagePixels.copy(image, left, top, out);
  }

  private static ImageHeader readHeader(byte[] file, ImageFormat format, Deadline deadline)
      throws IOException, ImageRejectedException {
    if (format == ImageFormat.GIF) {
      return GifHeader.screen(file);
    }
    ImageReader reader = reader(format);
    try (FileStream stream = new FileStream(file, deadline)) {
      reader.setInput(stream, false, true);
      return new ImageHeader(format, reader.getWidth(0), reader.getHeight(0));
    } finally {
      reader.dispose();
    }
  }

  private static BufferedImage readImage(byte[] file, ImageFormat format, Deadline deadline)
      throws IOException, ImageRejectedException {
    ImageReader reader = reader(format);
    try (FileStream stream = new FileStream(file, deadline)) {
      reader.setInput(stream, false, true);
      BufferedImage image = reader.read(0);
      if (format == ImageFormat.WEBP && WebpFile.isLossy(file)) {
        WebpChroma.interpolate(image.getRaster(), deadline);
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  private static ImageReader reader(ImageFormat format) {
    Iterator<ImageReader> readers =
        ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
    @Nullable ImageReader chosen = null;
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (chosen == null || reader.getClass().getName().startsWith("com.twelvemonkeys.")) {
        chosen = reader;
      }
    }
    if (chosen == null) {
      throw new IllegalStateException("no ImageIO reader for " + format + " on the class path");
    }
    return chosen;
  }
}
