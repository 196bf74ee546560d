package io.bagpipe.model.image;

/**
 * EXIF orientation: how the stored pixels are turned to stand upright, in the order of the tag's
 * values 1 to 8.
 */
enum Orientation {
  UPRIGHT(1, false, false, false),
  FLIPPED_X(2, false, true, false),
  ROTATED_180(3, false, true, true),
  FLIPPED_Y(4, false, false, true),
  TRANSPOSED(5, true, false, false),
  ROTATED_90_CLOCKWISE(6, true, false, true),
  TRANSVERSED(7, true, true, true),
  ROTATED_90_COUNTERCLOCKWISE(8, true, true, false);

  private final int tag;
  private final boolean swapsAxes;
  private final boolean mirrorsStoredX;
  private final boolean mirrorsStoredY;

  Orientation(int tag, boolean swapsAxes, boolean mirrorsStoredX, boolean mirrorsStoredY) {
    this.tag = tag;
    this.swapsAxes = swapsAxes;
    this.mirrorsStoredX = mirrorsStoredX;
    this.mirrorsStoredY = mirrorsStoredY;
  }

  /** Of a tag's value; anything unknown is upright, as Pillow has it. */
  static Orientation ofTag(int value) {
    for (Orientation orientation : values()) {
      if (orientation.tag == value) {
        return orientation;
      }
    }
    return UPRIGHT;
  }

  boolean swapsAxes() {
    return swapsAxes;
  }

  /** Where a region of the upright image lies in the stored one of the given size. */
  Region toStored(Region upright, int storedWidth, int storedHeight) {
    int x = swapsAxes ? upright.top() : upright.left();
    int y = swapsAxes ? upright.left() : upright.top();
    int width = swapsAxes ? upright.height() : upright.width();
    int height = swapsAxes ? upright.width() : upright.height();
    return new Region(
        mirrorsStoredX ? storedWidth - x - width : x,
        mirrorsStoredY ? storedHeight - y - height : y,
        width,
        height);
  }

  /** Turns stored pixels upright; the stored size is that of the whole image at its full scale. */
  void turn(PixelBuffer stored, int storedWidth, int storedHeight, PixelBuffer upright) {
    Region in = stored.held();
    int reduction = stored.reduction();
    int reducedWidth = (storedWidth + reduction - 1) / reduction;
    int reducedHeight = (storedHeight + reduction - 1) / reduction;
    int x = mirrorsStoredX ? reducedWidth - in.right() : in.left();
    int y = mirrorsStoredY ? reducedHeight - in.bottom() : in.top();
    Region out =
        swapsAxes
            ? new Region(y, x, in.height(), in.width())
            : new Region(x, y, in.width(), in.height());
    upright.reshape(out, reduction);
    int[] from = stored.pixels();
    int[] to = upright.pixels();
    int stepX = (mirrorsStoredX ? -1 : 1) * (swapsAxes ? out.width() : 1);
    int stepY = (mirrorsStoredY ? -1 : 1) * (swapsAxes ? 1 : out.width());
    int start =
        (mirrorsStoredX ? -stepX * (in.width() - 1) : 0)
            + (mirrorsStoredY ? -stepY * (in.height() - 1) : 0);
    int i = 0;
    for (int row = 0; row < in.height(); row++) {
      int o = start + row * stepY;
      for (int column = 0; column < in.width(); column++, o += stepX) {
        to[o] = from[i++];
      }
    }
  }
}
