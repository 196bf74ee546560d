package io.bagpipe.model.image;

/** The order of a block's coefficients in a JPEG file (T.81 figure A.6). */
final class Zigzag {
  /** By place in the file, row * 8 + column. */
  static final byte[] NATURAL = new byte[64];

  static {
    int row = 0;
    int column = 0;
    for (int i = 0; i < 64; i++) {
      NATURAL[i] = (byte) (row * 8 + column);
      boolean up = (row + column) % 2 == 0;
      if ((up && column == 7) || (!up && row < 7 && column == 0)) {
        row++;
      } else if ((up && row == 0) || (!up && row == 7)) {
        column++;
      } else {
        row += up ? -1 : 1;
        column += up ? 1 : -1;
      }
    }
  }

  private Zigzag() {}
}
