package io.bagpipe.model.image;

/**
 * A box of pixels, from the top left corner of the image.
 *
 * @param left first column, at least 0
 * @param top first row, at least 0
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Region(int left, int top, int width, int height) {
  public Region {
    if (left < 0 || top < 0 || width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "not a region: " + width + "x" + height + " at " + left + "," + top);
    }
  }

  public int right() {
    return left + width;
  }

  public int bottom() {
    return top + height;
  }

  /** The smallest box that holds both. */
  public Region union(Region other) {
    int x = Math.min(left, other.left);
    int y = Math.min(top, other.top);
    return new Region(
        x, y, Math.max(right(), other.right()) - x, Math.max(bottom(), other.bottom()) - y);
  }
}
