package io.bagpipe.model.image;

import java.util.Arrays;

/**
 * JPEG (ITU-T T.81): baseline, extended sequential and progressive, Huffman coded, 8 bits; grey,
 * YCbCr, RGB, CMYK and YCCK at any sampling. Levels come out as libjpeg's, whose integer DCT,
 * chroma filter and colour conversion this follows.
 *
 * <p>Our own for three reasons: bad bytes cannot take the process down as they can in native code;
 * it does only what is asked (blocks outside the wanted region are parsed, not transformed; at a
 * reduced scale fewer samples are made of each); and its buffers are kept from image to image.
 *
 * <p>Strict where libjpeg warns: codes that do not exist, missing restart markers and pixels that
 * end early are {@code CORRUPT}. All of the entropy-coded data is parsed whatever the region, so
 * whether a file is accepted does not depend on it. Bytes between segments, bytes after the image
 * and a missing end marker after complete pixels are let pass.
 *
 * <p>Confined to one thread; per image it allocates nothing, unless the image needs larger buffers
 * than those before it. It cannot hang: every loop is bounded by the header's size or the file's
 * length, scans are at most {@value #MAX_SCANS}, and the deadline is asked once a row of blocks.
 */
final class JpegCodec implements Codec {
  private static final int MAX_SCANS = 64;

  /** Progressive files need two bytes a coefficient; not more than this altogether. */
  private static final long MAX_COEFFICIENTS = 80_000_000;

  /** Coefficient arrays larger than this are given back after use. */
  private static final int KEPT_COEFFICIENTS = 4_000_000;

  /** Pixels around the wanted ones that the chroma filter looks at. */
  private static final int MARGIN = 2;

  private final JpegHeaders headers = new JpegHeaders();
  private final JpegBits bits = new JpegBits();
  private final JpegScans scans = new JpegScans(headers, bits);
  private final JpegRows rows = new JpegRows(headers);
  private final InverseDct dct = new InverseDct();
  private final int[] block = new int[64];
  private byte[] file = new byte[0];
  private int firstMcuColumn;
  private int endMcuColumn;
  private int firstMcuRow;
  private int endMcuRow;

  /** Output pixels to a block of the finest component, each way. */
  private int blockSize;

  /** The headers have been followed to the last scan. */
  private boolean consumed;

  @Override
  public ImageHeader open(byte[] file) throws ImageRejectedException {
    this.file = file;
    headers.open(file);
    consumed = false;
    boolean swapped = headers.orientation.swapsAxes();
    return new ImageHeader(
        ImageFormat.JPEG,
        swapped ? headers.height : headers.width,
        swapped ? headers.width : headers.height);
  }

  @Override
  public Orientation orientation() {
    return headers.orientation;
  }

  @Override
  public void read(Region wanted, int maxReduction, PixelBuffer out, Deadline deadline)
      throws ImageRejectedException {
    if (consumed) {
      headers.open(file);
    }
    consumed = true;
    int scan = headers.nextScan(headers.position());
    if (scan < 0) {
      throw Codec.corrupt("JPEG: there are no pixels (no scan)");
    }
    boolean direct = !headers.progressive && headers.scanCount == headers.componentCount;
    checkPlausible(scan, direct);
    if (direct) {
      prepareOutput(wanted, maxReduction, out);
      bits.begin(file, scan);
      prepareTables(true);
      decodeDirect(deadline);
      return;
    }
    scans.allocate();
    for (int count = 0; scan >= 0; count++) {
      if (count == MAX_SCANS) {
        throw Codec.corrupt("JPEG: more than " + MAX_SCANS + " scans");
      }
      bits.begin(file, scan);
      prepareTables(false);
      scans.decode(deadline);
      scan = headers.nextScan(bits.position());
    }
    prepareOutput(wanted, maxReduction, out);
    outputCoefficients(deadline);
  }

  /** Every block takes two bits at least, one in a progressive file: is the file long enough? */
  private void checkPlausible(int scan, boolean direct) throws ImageRejectedException {
    long blocks = 0;
    for (int i = 0; i < headers.componentCount; i++) {
      JpegComponent c = headers.components[i];
      blocks += (long) c.blocksWide * c.blocksHigh;
    }
    if ((headers.progressive ? 1 : 2) * blocks > 8L * (file.length - scan)) {
      throw Codec.corrupt(
          "JPEG: truncated, "
              + (file.length - scan)
              + " bytes cannot hold "
              + headers.width
              + "x"
              + headers.height
              + " pixels");
    }
    if (!direct && 64 * blocks > MAX_COEFFICIENTS) {
      throw new ImageRejectedException(
          ImageRejectedException.Reason.TOO_MANY_PIXELS,
          "JPEG: "
              + headers.width
              + "x"
              + headers.height
              + " pixels in several scans have more coefficients than "
              + MAX_COEFFICIENTS);
    }
  }

  private void prepareTables(boolean values) throws ImageRejectedException {
    boolean dc = !headers.progressive || headers.spectralStart == 0;
    boolean ac = !headers.progressive || headers.spectralStart > 0;
    for (int i = 0; i < headers.scanCount; i++) {
      JpegComponent c = headers.scan[i];
      if (dc && (headers.approximationHigh == 0 || !headers.progressive)) {
        headers.dcTables[c.dcTable].prepare(file, false);
      }
      if (ac) {
        headers.acTables[c.acTable].prepare(file, values);
      }
    }
  }

  /** Decides which MCUs are needed and at what scale every component's blocks come out. */
  private void prepareOutput(Region wanted, int reduction, PixelBuffer out) {
    int margin = MARGIN * reduction;
    int mcuWidth = 8 * headers.maxH;
    int mcuHeight = 8 * headers.maxV;
    firstMcuColumn = Math.max(0, wanted.left() - margin) / mcuWidth;
    firstMcuRow = Math.max(0, wanted.top() - margin) / mcuHeight;
    endMcuColumn = JpegHeaders.ceilDiv(Math.min(headers.width, wanted.right() + margin), mcuWidth);
    endMcuRow = JpegHeaders.ceilDiv(Math.min(headers.height, wanted.bottom() + margin), mcuHeight);
    blockSize = 8 / reduction;
    for (int i = 0; i < headers.componentCount; i++) {
      JpegComponent c = headers.components[i];
      c.stepX = headers.maxH / c.h;
      c.stepY = headers.maxV / c.v;
      c.dctSize = blockSize;
      // A component at half resolution needs no upsampling if it is not reduced.
      while (c.dctSize < 8 && c.stepX % 2 == 0 && c.stepY % 2 == 0) {
        c.dctSize *= 2;
        c.stepX /= 2;
        c.stepY /= 2;
      }
      c.width = JpegHeaders.ceilDiv(headers.width * c.h * c.dctSize, 8 * headers.maxH);
      c.height = JpegHeaders.ceilDiv(headers.height * c.v * c.dctSize, 8 * headers.maxV);
      c.ringLeft = firstMcuColumn * c.h * c.dctSize;
      c.ringTop = firstMcuRow * c.v * c.dctSize;
      c.ringWidth = (endMcuColumn - firstMcuColumn) * c.h * c.dctSize;
      c.ringRows = JpegComponent.RING_MCUS * c.v * c.dctSize;
      if (c.ring.length < c.ringWidth * c.ringRows) {
        c.ring = new int[c.ringWidth * c.ringRows];
      }
    }
    int left = firstMcuColumn * headers.maxH * blockSize;
    int top = firstMcuRow * headers.maxV * blockSize;
    int right =
        Math.min(
            endMcuColumn * headers.maxH * blockSize, JpegHeaders.ceilDiv(headers.width, reduction));
    int bottom =
        Math.min(
            endMcuRow * headers.maxV * blockSize, JpegHeaders.ceilDiv(headers.height, reduction));
    out.reshape(new Region(left, top, right - left, bottom - top), reduction);
    rows.begin(out);
  }

  private void rowDone(int mcuRow) {
    if (mcuRow == endMcuRow - 1) {
      rows.emit(Integer.MAX_VALUE);
    } else {
      rows.emit((mcuRow + 1) * headers.maxV * blockSize - headers.maxV);
    }
  }

  private void decodeDirect(Deadline deadline) throws ImageRejectedException {
    Arrays.fill(block, 0);
    int interval = 0;
    int left = headers.restartInterval;
    resetPredictions();
    for (int y = 0; y < headers.mcusHigh; y++) {
      deadline.check();
      boolean rowWanted = y >= firstMcuRow && y < endMcuRow;
      for (int x = 0; x < headers.mcusWide; x++) {
        if (headers.restartInterval > 0 && left-- == 0) {
          bits.nextInterval(interval++);
          left = headers.restartInterval - 1;
          resetPredictions();
        }
        decodeMcu(x, y, rowWanted && x >= firstMcuColumn && x < endMcuColumn);
      }
      bits.check();
      if (rowWanted) {
        rowDone(y);
      }
    }
  }

  private void resetPredictions() {
    for (int i = 0; i < headers.scanCount; i++) {
      headers.scan[i].prediction = 0;
    }
  }

  private void decodeMcu(int x, int y, boolean wanted) throws ImageRejectedException {
    int[] block = this.block;
    for (int i = 0; i < headers.scanCount; i++) {
      JpegComponent c = headers.scan[i];
      HuffmanTable dc = headers.dcTables[c.dcTable];
      HuffmanTable ac = headers.acTables[c.acTable];
      for (int v = 0; v < c.v; v++) {
        for (int h = 0; h < c.h; h++) {
          int last = bits.block(block, c, dc, ac);
          if (wanted) {
            transform(c, last, x * c.h + h, y * c.v + v);
          }
          if (last == 0) {
            block[0] = 0;
          } else {
            Arrays.fill(block, 0);
          }
        }
      }
    }
  }

  private void transform(JpegComponent c, int last, int blockX, int blockY) {
    int size = c.dctSize;
    int at = c.ringRow(blockY * size) + blockX * size - c.ringLeft;
    dct.apply(size, block, last, c.ring, at, c.ringWidth);
  }

  private void outputCoefficients(Deadline deadline) throws ImageRejectedException {
    for (int y = firstMcuRow; y < endMcuRow; y++) {
      deadline.check();
      for (int i = 0; i < headers.componentCount; i++) {
        JpegComponent c = headers.components[i];
        for (int blockY = y * c.v; blockY < (y + 1) * c.v; blockY++) {
          for (int x = firstMcuColumn * c.h; x < endMcuColumn * c.h; x++) {
            transform(c, dequantise(c, 64 * (blockY * c.paddedWide + x)), x, blockY);
          }
        }
      }
      rowDone(y);
    }
    for (JpegComponent c : headers.components) {
      if (c.coefficients.length > KEPT_COEFFICIENTS) {
        c.coefficients = new short[0];
      }
    }
  }

  private int dequantise(JpegComponent c, int at) {
    int last = 0;
    for (int k = 0; k < 64; k++) {
      int value = c.coefficients[at + k];
      block[Zigzag.NATURAL[k]] = value * c.quant[k];
      if (value != 0) {
        last = k;
      }
    }
    return last;
  }
}
