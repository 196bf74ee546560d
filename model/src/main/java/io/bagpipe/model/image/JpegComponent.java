package io.bagpipe.model.image;

/**
 * One colour component of a JPEG frame: where its blocks are, how they are coded, and its samples
 * on their way out. Reused from image to image.
 */
final class JpegComponent {
  /**
   * Rows of MCUs that are kept as samples: the newest, the one being put out, one for its filter.
   */
  static final int RING_MCUS = 3;

  // From the frame header.
  int id;
  int h;
  int v;
  int quantTable;

  /** Blocks that hold samples of the image. */
  int blocksWide;

  int blocksHigh;

  /** Blocks in the file, filled up to whole MCUs. */
  int paddedWide;

  int paddedHigh;

  // From the scan header.
  int dcTable;
  int acTable;
  int prediction;

  /** The quantisation table as it stood when the component's first scan began, in zigzag order. */
  final int[] quant = new int[64];

  boolean seen;

  /** All coefficients, block after block, in zigzag order; only for files of several scans. */
  short[] coefficients = new short[0];

  // Output.

  /** Samples that a block becomes, each way: 8, or less at a reduced scale. */
  int dctSize;

  /** Output pixels to a sample. */
  int stepX;

  int stepY;

  /** Size in samples at the output's scale. */
  int width;

  int height;

  /** The last rows of MCUs as samples: a ring of {@code ringRows} lines of {@code ringWidth}. */
  int[] ring = new int[0];

  int ringWidth;
  int ringRows;

  /** The first sample in the ring's lines, and the first row that will ever be in it. */
  int ringLeft;

  int ringTop;

  /** Where a row of samples begins in the ring. */
  int ringRow(int row) {
    return row % ringRows * ringWidth;
  }
}
