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
  private final Watchdog watchdog = new Watchdog();
  private final long maxPixels;
  private final Duration timeLimit;
  private byte[] file = new byte[0];
  private ImageHeader header = new ImageHeader(ImageFormat.BMP, 1, 1);

  /** ImageIO holds the pixels a second time, so it gets half of the limit. */
  ImageIoCodec(DecodeLimits limits) {
    this.maxPixels = Math.max(1, limits.maxPixels() / 2);
    this.timeLimit = limits.timeLimit();
  }

  @Override
  public ImageHeader open(byte[] file) throws ImageRejectedException {
    this.file = file;
    ImageFormat format = ImageFormat.of(file);
    Deadline deadline = new Deadline(timeLimit);
    header = watchdog.run(() -> readHeader(file, format, deadline), deadline);
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
    return header;
  }

  @Override
  public void read(Region wanted, int maxReduction, PixelBuffer out, Deadline deadline)
      throws ImageRejectedException {
    ImageHeader expected = header;
    byte[] source = file;
    BufferedImage image =
        watchdog.run(() -> readImage(source, expected.format(), deadline), deadline);
    Region held = new Region(0, 0, expected.width(), expected.height());
    out.reshape(held, 1);
    int left = 0;
    int top = 0;
    if (expected.format() == ImageFormat.GIF) {
      Region frame = GifHeader.firstFrame(source);
      left = frame.left();
      top = frame.top();
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
      throws IOException {
    ImageReader reader = reader(format);
    try (FileStream stream = new FileStream(file, deadline)) {
      reader.setInput(stream, false, true);
      return reader.read(0);
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
