package io.bagpipe.model.image;

import java.util.Arrays;

/**
 * A reusable buffer of pixels, each an int 0x00RRGGBB: the part of an image that a decoder was
 * asked for, perhaps at a reduced scale. Confined to one thread; its owner is the decoder that
 * filled it, and its content holds until that decoder's next read.
 */
public final class PixelBuffer {
  /** Larger arrays are not kept for the next image: 16 MB. */
  private static final int KEPT_PIXELS = 4_000_000;

  private int[] pixels = new int[0];
  private Region held = new Region(0, 0, 1, 1);
  private int reduction = 1;

  /**
   * Makes room for a part of an image.
   *
   * @param part where the pixels lie in the image, in pixels of the reduced image
   * @param reduction the scale: 1, 2, 4 or 8 pixels of the file's on one of these
   */
  public void reshape(Region part, int reduction) {
    int count = Math.multiplyExact(part.width(), part.height());
    if (pixels.length < count || (pixels.length > KEPT_PIXELS && count < KEPT_PIXELS)) {
      pixels = new int[count];
    }
    this.held = part;
    this.reduction = reduction;
  }

  /** Rows of {@code held().width()} pixels; may be longer than they need. */
  public int[] pixels() {
    return pixels;
  }

  /** Where these pixels lie in the (reduced) image. */
  public Region held() {
    return held;
  }

  public int reduction() {
    return reduction;
  }

  /** Fills this with {@code source} inside a black border of {@code pad} pixels. */
  public void pad(PixelBuffer source, int pad) {
    Region in = source.held;
    reshape(new Region(0, 0, in.width() + 2 * pad, in.height() + 2 * pad), source.reduction);
    Arrays.fill(pixels, 0, held.width() * held.height(), 0);
    for (int y = 0; y < in.height(); y++) {
      System.arraycopy(
          source.pixels, y * in.width(), pixels, (y + pad) * held.width() + pad, in.width());
    }
  }

  /** A copy as interleaved bytes. */
  public RgbImage toRgb() {
    int count = held.width() * held.height();
    byte[] rgb = new byte[Math.multiplyExact(count, 3)];
    for (int i = 0, o = 0; i < count; i++, o += 3) {
      int pixel = pixels[i];
      rgb[o] = (byte) (pixel >> 16);
      rgb[o + 1] = (byte) (pixel >> 8);
      rgb[o + 2] = (byte) pixel;
    }
    return new RgbImage(held.width(), held.height(), rgb);
  }
}
