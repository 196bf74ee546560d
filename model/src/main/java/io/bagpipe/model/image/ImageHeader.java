package io.bagpipe.model.image;

/**
 * What a file says it holds.
 *
 * @param format by its content
 * @param width of the upright image, after any EXIF orientation is applied
 * @param height of the upright image
 */
public record ImageHeader(ImageFormat format, int width, int height) {
  /** The whole image. */
  public Region whole() {
    return new Region(0, 0, width, height);
  }
}
