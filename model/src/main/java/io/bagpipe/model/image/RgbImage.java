package io.bagpipe.model.image;

/**
 * Decoded pixels.
 *
 * @param width pixels, at least 1
 * @param height pixels, at least 1
 * @param rgb uint8 [height, width, 3], rows from the top; owned by whoever holds the image
 */
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length < 3L * width * height) {
      throw new IllegalArgumentException(
          "not an image: " + width + "x" + height + " in " + rgb.length + " bytes");
    }
  }
}
