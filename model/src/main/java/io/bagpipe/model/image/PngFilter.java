package io.bagpipe.model.image;

/** PNG's five row filters (section 9), undone in place. */
final class PngFilter {
  private PngFilter() {}

  /**
   * Undoes the filter of one line, whose first byte names it.
   *
   * @param raw lines of {@code length} bytes, filter byte first
   * @param at this line
   * @param above the line above, already without its filter; zeros above the first
   */
  static void undo(byte[] raw, int at, int above, int length, int bytesPerPixel)
      throws ImageRejectedException {
    int distance = at - above;
    int end = at + length;
    int firstEnd = Math.min(end, at + 1 + bytesPerPixel);
    switch (raw[at]) {
      case 0 -> {
        // stored as they are
      }
      case 1 -> {
        for (int i = firstEnd; i < end; i++) {
          raw[i] += raw[i - bytesPerPixel];
        }
      }
      case 2 -> {
        for (int i = at + 1; i < end; i++) {
          raw[i] += raw[i - distance];
        }
      }
      case 3 -> {
        for (int i = at + 1; i < firstEnd; i++) {
          raw[i] += (byte) ((raw[i - distance] & 0xFF) >> 1);
        }
        for (int i = firstEnd; i < end; i++) {
          raw[i] += (byte) (((raw[i - bytesPerPixel] & 0xFF) + (raw[i - distance] & 0xFF)) >> 1);
        }
      }
      case 4 -> {
        for (int i = at + 1; i < firstEnd; i++) {
          raw[i] += raw[i - distance];
        }
        for (int i = firstEnd; i < end; i++) {
          raw[i] +=
              paeth(
                  raw[i - bytesPerPixel] & 0xFF,
                  raw[i - distance] & 0xFF,
                  raw[i - distance - bytesPerPixel] & 0xFF);
        }
      }
      default -> throw Codec.corrupt("PNG: unknown row filter " + raw[at]);
    }
  }

  private static byte paeth(int left, int above, int corner) {
    int toLeft = Math.abs(above - corner);
    int toAbove = Math.abs(left - corner);
    int toCorner = Math.abs(left + above - 2 * corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
      return (byte) left;
    }
    return (byte) (toAbove <= toCorner ? above : corner);
  }
}
