package io.bagpipe.model.image;

import io.bagpipe.model.image.ImageRejectedException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Decodes untrusted files. The format is told by the content; limits on bytes and pixels are
 * checked before memory is taken; nothing but {@link ImageRejectedException} comes out of a bad
 * file. All decoders are Java: none can take the process down.
 *
 * <p>Confined to one thread; make one a thread. It keeps its buffers (at most some 16 MB) from
 * image to image, and owns the {@link PixelBuffer} it returns.
 *
 * <p>Transparency is laid over white, whatever the format; 16-bit samples keep their high byte;
 * colour profiles are ignored; the EXIF orientation of JPEG, PNG, WebP and TIFF is applied.
 */
public final class ImageDecoder {
  private final DecodeLimits limits;
  private final JpegCodec jpeg = new JpegCodec();
  private final PngCodec png = new PngCodec();
  private final ImageIoCodec others;
  private final PixelBuffer stored = new PixelBuffer();
  private final PixelBuffer upright = new PixelBuffer();
  private @Nullable Opened opened;

  private record Opened(Codec codec, ImageHeader header) {}

  public ImageDecoder(DecodeLimits limits) {
    this.limits = limits;
    this.others = new ImageIoCodec(limits);
  }

  /**
   * Reads a file's header and holds it against the limits.
   *
   * @param file not copied: keep it unchanged until the last {@link #read}
   */
  public ImageHeader open(byte[] file) throws ImageRejectedException {
    opened = null;
    if (file.length == 0) {
      throw new ImageRejectedException(Reason.EMPTY, "the file is empty");
    }
    if (file.length > limits.maxEncodedBytes()) {
      throw new ImageRejectedException(
          Reason.TOO_MANY_BYTES,
          "the file has " + file.length + " bytes, more than " + limits.maxEncodedBytes());
    }
    ImageFormat format = ImageFormat.of(file);
    Codec codec =
        switch (format) {
          case JPEG -> jpeg;
          case PNG -> png;
          default -> others;
        };
    ImageHeader header = guarded(format, () -> codec.open(file));
    if (header.width() < 1 || header.height() < 1) {
      throw Codec.corrupt(
          format + ": the header claims " + header.width() + "x" + header.height() + " pixels");
    }
    if ((long) header.width() * header.height() > limits.maxPixels()) {
      throw new ImageRejectedException(
          Reason.TOO_MANY_PIXELS,
          format
              + ": the header claims "
              + header.width()
              + "x"
              + header.height()
              + " pixels, more than "
              + limits.maxPixels());
    }
    opened = new Opened(codec, header);
    return header;
  }

  /**
   * Reads pixels of the file last opened.
   *
   * @param wanted the part that is needed, in pixels of the upright image; what comes back holds at
   *     least this
   * @param maxReduction 1, 2, 4 or 8: how many of the file's pixels may come back as one, each way;
   *     only JPEG makes use of it
   * @return this decoder's buffer, valid until its next read
   */
  public PixelBuffer read(Region wanted, int maxReduction) throws ImageRejectedException {
    Opened file = opened;
    if (file == null) {
      throw new IllegalStateException("no file is open");
    }
    ImageHeader header = file.header();
    if (wanted.right() > header.width() || wanted.bottom() > header.height()) {
      throw new IllegalArgumentException(wanted + " is not inside " + header);
    }
    Orientation orientation = file.codec().orientation();
    Deadline deadline = new Deadline(limits.timeLimit());
    return guarded(
        header.format(),
        () -> {
          if (orientation == Orientation.UPRIGHT) {
            file.codec().read(wanted, maxReduction, upright, deadline);
          } else {
            int width = orientation.swapsAxes() ? header.height() : header.width();
            int height = orientation.swapsAxes() ? header.width() : header.height();
            file.codec()
                .read(orientation.toStored(wanted, width, height), maxReduction, stored, deadline);
            orientation.turn(stored, width, height, upright);
          }
          return upright;
        });
  }

  /** Decodes a whole image at full scale. */
  public RgbImage decode(byte[] file) throws ImageRejectedException {
    return read(open(file).whole(), 1).toRgb();
  }

  private interface Step<T> {
    T run() throws ImageRejectedException;
  }

  /** A damaged file may break a decoder anywhere; whatever it throws is the file's fault. */
  private static <T> T guarded(ImageFormat format, Step<T> step) throws ImageRejectedException {
    try {
      return step.run();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      ImageRejectedException rejected =
          Codec.corrupt(format + ": the decoder gave up: " + e.getClass().getSimpleName());
      rejected.initCause(e);
      throw rejected;
    }
  }
}
