package io.bagpipe.model.image;

/** Where a GIF's first frame lies on its screen; ImageIO gives the frame alone. */
final class GifHeader {
  private GifHeader() {}

  static ImageHeader screen(byte[] file) throws ImageRejectedException {
    if (file.length < 13) {
      throw Codec.corrupt("GIF: truncated in the header");
    }
    Region frame = firstFrame(file);
    // Some writers leave the screen smaller than what they draw on it; it grows to hold the frame.
    return new ImageHeader(
        ImageFormat.GIF,
        Math.max(little(file, 6), frame.right()),
        Math.max(little(file, 8), frame.bottom()));
  }

  static Region firstFrame(byte[] file) throws ImageRejectedException {
    int at = 13 + table(file[10]);
    while (at < file.length && file[at] == 0x21) {
      at += 2;
      while (at < file.length && file[at] != 0) {
        at += 1 + (file[at] & 0xFF);
      }
      at++;
    }
    if (at + 10 > file.length || file[at] != 0x2C) {
      throw Codec.corrupt("GIF: there is no image in it");
    }
    int width = little(file, at + 5);
    int height = little(file, at + 7);
    if (width == 0 || height == 0) {
      throw Codec.corrupt("GIF: the first frame has " + width + "x" + height + " pixels");
    }
    return new Region(little(file, at + 1), little(file, at + 3), width, height);
  }

  private static int table(byte flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  private static int little(byte[] file, int at) {
    return (file[at] & 0xFF) | (file[at + 1] & 0xFF) << 8;
  }
}
