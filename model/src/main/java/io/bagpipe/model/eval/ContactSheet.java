package io.bagpipe.model.eval;

import io.bagpipe.model.data.PngWriter;
import java.util.Arrays;

/**
 * Bags to look at, as one picture: a row for each anchor, the anchor first and its neighbours
 * behind it, nearest first. Round a neighbour a border is green where its label is the anchor's,
 * red where it is another, grey where nobody knows. Confined to one thread.
 */
final class ContactSheet {
  /** How a neighbour's label compares. */
  enum Border {
    UNKNOWN(0x909090),
    SAME(0x20a040),
    OTHER(0xd03030);

    /** Red, green, blue. */
    private final int rgb;

    Border(int rgb) {
      this.rgb = rgb;
    }
  }

  private static final int BORDER = 3;
  private static final int GAP = 4;
  private static final int COMFORTABLE = 96;

  private final int side;
  private final int scale;
  private final int columns;
  private final int width;
  private final int height;
  private final byte[] pixels;

  /**
   * @param side of the views, pixels; small ones are drawn larger
   */
  ContactSheet(int side, int rows, int columns) {
    this.side = side;
    this.scale = Math.max(1, COMFORTABLE / side);
    this.columns = columns;
    // behind the anchor a gap as wide as half a picture
    this.width = GAP + columns * cell() + cell() / 2;
    this.height = GAP + rows * cell();
    this.pixels = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    Arrays.fill(pixels, (byte) 0xff);
  }

  private int cell() {
    return side * scale + 2 * BORDER + GAP;
  }

  /**
   * Draws one view.
   *
   * @param view uint8 [side, side, 3]
   */
  void draw(int row, int column, byte[] view, Border border) {
    if (column >= columns) {
      throw new IllegalArgumentException("column " + column + " of " + columns);
    }
    int left = GAP + column * cell() + (column > 0 ? cell() / 2 : 0);
    int top = GAP + row * cell();
    int drawn = side * scale;
    for (int y = 0; y < drawn + 2 * BORDER; y++) {
      for (int x = 0; x < drawn + 2 * BORDER; x++) {
        int at = 3 * ((top + y) * width + left + x);
        int fromX = x - BORDER;
        int fromY = y - BORDER;
        boolean inside = fromX >= 0 && fromY >= 0 && fromX < drawn && fromY < drawn;
        if (inside) {
          System.arraycopy(view, 3 * (fromY / scale * side + fromX / scale), pixels, at, 3);
        } else {
          pixels[at] = (byte) (border.rgb >> 16);
          pixels[at + 1] = (byte) (border.rgb >> 8);
          pixels[at + 2] = (byte) border.rgb;
        }
      }
    }
  }

  byte[] png() {
    try (PngWriter writer = new PngWriter()) {
      return writer.encode(pixels, 0, width, height, 3);
    }
  }
}
