package io.bagpipe.model.image;

/**
 * Reads one file format, in two steps: the header, then, if the limits allow, pixels. Confined to
 * one thread; keeps its buffers for the next file. Besides {@link ImageRejectedException}, a
 * damaged file may make it throw any {@link RuntimeException}: {@link ImageDecoder} translates.
 */
interface Codec {
  /** Parses the header and keeps the file for {@link #read}. */
  ImageHeader open(byte[] file) throws ImageRejectedException;

  /** How the stored pixels lie; the header's width and height are those of the upright image. */
  default Orientation orientation() {
    return Orientation.UPRIGHT;
  }

  /**
   * Reads at least the wanted pixels of the file last opened.
   *
   * @param wanted in full-scale pixels, as stored (before orientation)
   * @param maxReduction 1, 2, 4 or 8; the codec may reduce less, or not at all
   */
  void read(Region wanted, int maxReduction, PixelBuffer out, Deadline deadline)
      throws ImageRejectedException;

  static ImageRejectedException corrupt(String message) {
    return new ImageRejectedException(ImageRejectedException.Reason.CORRUPT, message);
  }
}
