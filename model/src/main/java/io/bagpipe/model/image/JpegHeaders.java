package io.bagpipe.model.image;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The marker segments of a JPEG file (T.81 annex B, JFIF, Adobe's APP14, EXIF's orientation): walks
 * from scan to scan and keeps the tables as they stand. Confined to one thread, reused from file to
 * file.
 */
final class JpegHeaders {
  private static final int SOF0 = 0xC0;
  private static final int SOF1 = 0xC1;
  private static final int SOF2 = 0xC2;
  private static final int DHT = 0xC4;
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DRI = 0xDD;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;

  final JpegComponent[] components = {
    new JpegComponent(), new JpegComponent(), new JpegComponent(), new JpegComponent()
  };
  final HuffmanTable[] dcTables = newTables();
  final HuffmanTable[] acTables = newTables();
  private final int[][] quantTables = new int[4][64];
  private final boolean[] quantDefined = new boolean[4];
  private byte[] file = new byte[0];
  private int position;

  int width;
  int height;
  int componentCount;
  boolean progressive;
  int maxH;
  int maxV;
  int mcusWide;
  int mcusHigh;
  int restartInterval;
  Orientation orientation = Orientation.UPRIGHT;
  private boolean jfif;
  private int adobeTransform;

  // The scan that comes next.
  final JpegComponent[] scan = new JpegComponent[4];
  int scanCount;
  int spectralStart;
  int spectralEnd;
  int approximationHigh;
  int approximationLow;

  private static HuffmanTable[] newTables() {
    return new HuffmanTable[] {
      new HuffmanTable(), new HuffmanTable(), new HuffmanTable(), new HuffmanTable()
    };
  }

  /** Reads up to the frame header. */
  void open(byte[] file) throws ImageRejectedException {
    this.file = file;
    position = 2;
    componentCount = 0;
    restartInterval = 0;
    orientation = Orientation.UPRIGHT;
    jfif = false;
    adobeTransform = -1;
    Arrays.fill(quantDefined, false);
    for (int i = 0; i < 4; i++) {
      dcTables[i].reset();
      acTables[i].reset();
    }
    while (componentCount == 0) {
      int marker = nextMarker();
      if (marker == EOI || marker == SOS || marker < 0) {
        throw Codec.corrupt("JPEG: there is no frame header before the pixels");
      }
      segment(marker);
    }
  }

  /**
   * Reads up to the next scan's pixels.
   *
   * @param from where to go on
   * @return where the pixels begin, or -1 at the end of the image
   */
  int nextScan(int from) throws ImageRejectedException {
    position = from;
    while (true) {
      int marker = nextMarker();
      if (marker == EOI) {
        return -1;
      }
      if (marker < 0) {
        throw Codec.corrupt("JPEG: truncated, there is no end-of-image marker");
      }
      segment(marker);
      if (marker == SOS) {
        return position;
      }
    }
  }

  /** Where the segments after the frame header begin. */
  int position() {
    return position;
  }

  /** Whether three components are YCbCr rather than RGB, or four YCCK rather than CMYK. */
  boolean isYcc() {
    if (componentCount == 4) {
      return adobeTransform == 2;
    }
    if (jfif) {
      return true;
    }
    if (adobeTransform >= 0) {
      return adobeTransform != 0;
    }
    return !(components[0].id == 'R' && components[1].id == 'G' && components[2].id == 'B');
  }

  /** The next marker's code, past any bytes that are none; -1 at the end of the file. */
  private int nextMarker() {
    while (position + 1 < file.length) {
      int code = file[position + 1] & 0xFF;
      if (file[position] != (byte) 0xFF || code == 0 || code == 0xFF) {
        position++;
        continue;
      }
      position += 2;
      boolean alone = code == SOI || code == 1 || (code >= 0xD0 && code <= 0xD7);
      if (!alone) {
        return code;
      }
    }
    return -1;
  }

  private int sixteen(int at) {
    return (file[at] & 0xFF) << 8 | (file[at + 1] & 0xFF);
  }

  private void segment(int marker) throws ImageRejectedException {
    int length = position + 2 <= file.length ? sixteen(position) : 0;
    int end = position + length;
    if (length < 2 || end > file.length) {
      throw Codec.corrupt(
          "JPEG: truncated in a header segment (marker " + Integer.toHexString(marker) + ")");
    }
    int at = position + 2;
    switch (marker) {
      case SOF0, SOF1, SOF2 -> frame(marker, at, end);
      case DHT -> huffmanTables(at, end);
      case DQT -> quantTables(at, end);
      case DRI -> {
        need(at + 2 <= end, "a restart interval");
        restartInterval = sixteen(at);
      }
      case SOS -> scanHeader(at, end);
      case APP0 -> jfif |= starts(at, end, "JFIF\0");
      case APP1 -> {
        if (starts(at, end, "Exif\0\0")) {
          orientation = Orientation.ofTag(ExifOrientation.find(file, at + 6, end));
        }
      }
      case APP14 -> {
        if (starts(at, end, "Adobe") && at + 12 <= end) {
          adobeTransform = file[at + 11] & 0xFF;
        }
      }
      default -> {
        if (marker > SOF0 && marker < 0xD0 && marker != 0xC8 && marker != 0xCC) {
          throw new ImageRejectedException(
              ImageRejectedException.Reason.UNKNOWN_FORMAT,
              "JPEG: lossless, hierarchical or arithmetic coding (frame type "
                  + (marker - SOF0)
                  + ") is not read");
        }
      }
    }
    position = end;
  }

  private static void need(boolean condition, String what) throws ImageRejectedException {
    if (!condition) {
      throw Codec.corrupt("JPEG: " + what + " makes no sense");
    }
  }

  private boolean starts(int at, int end, String text) {
    if (at + text.length() > end) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (file[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void frame(int marker, int at, int end) throws ImageRejectedException {
    need(componentCount == 0 && at + 6 <= end, "a frame header");
    if (file[at] != 8) {
      throw new ImageRejectedException(
          ImageRejectedException.Reason.UNKNOWN_FORMAT,
          "JPEG: samples of " + file[at] + " bits are not read, only of 8");
    }
    progressive = marker == SOF2;
    height = sixteen(at + 1);
    width = sixteen(at + 3);
    int count = file[at + 5] & 0xFF;
    need(width > 0 && height > 0, "an image of " + width + "x" + height + " pixels");
    need((count == 1 || count == 3 || count == 4) && at + 6 + 3 * count <= end, "a frame header");
    maxH = 1;
    maxV = 1;
    for (int i = 0; i < count; i++) {
      JpegComponent c = components[i];
      int in = at + 6 + 3 * i;
      c.id = file[in] & 0xFF;
      // With one component there is nothing to be finer than.
      c.h = count == 1 ? 1 : file[in + 1] >> 4 & 15;
      c.v = count == 1 ? 1 : file[in + 1] & 15;
      c.quantTable = file[in + 2] & 0xFF;
      c.seen = false;
      need(c.h >= 1 && c.h <= 4 && c.v >= 1 && c.v <= 4 && c.quantTable < 4, "a component");
      maxH = Math.max(maxH, c.h);
      maxV = Math.max(maxV, c.v);
    }
    for (int i = 0; i < count; i++) {
      // libjpeg reads no others either.
      need(maxH % components[i].h == 0 && maxV % components[i].v == 0, "a sampling factor");
    }
    mcusWide = ceilDiv(width, 8 * maxH);
    mcusHigh = ceilDiv(height, 8 * maxV);
    for (int i = 0; i < count; i++) {
      JpegComponent c = components[i];
      c.blocksWide = ceilDiv(width * c.h, 8 * maxH);
      c.blocksHigh = ceilDiv(height * c.v, 8 * maxV);
      c.paddedWide = mcusWide * c.h;
      c.paddedHigh = mcusHigh * c.v;
    }
    componentCount = count;
  }

  static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }

  private void huffmanTables(int at, int end) throws ImageRejectedException {
    int next = at;
    while (next < end) {
      int kind = file[next] >> 4 & 15;
      int number = file[next] & 15;
      need(kind < 2 && number < 4, "a Huffman table's number");
      next = (kind == 0 ? dcTables : acTables)[number].define(file, next + 1, end);
    }
  }

  private void quantTables(int at, int end) throws ImageRejectedException {
    int next = at;
    while (next < end) {
      int bytes = (file[next] >> 4 & 15) + 1;
      int number = file[next] & 15;
      need(bytes <= 2 && number < 4 && next + 1 + 64 * bytes <= end, "a quantisation table");
      next++;
      for (int i = 0; i < 64; i++, next += bytes) {
        quantTables[number][i] = bytes == 1 ? file[next] & 0xFF : sixteen(next);
      }
      quantDefined[number] = true;
    }
  }

  private void scanHeader(int at, int end) throws ImageRejectedException {
    int count = at < end ? file[at] & 0xFF : 0;
    need(count >= 1 && count <= componentCount && at + 4 + 2 * count <= end, "a scan header");
    for (int i = 0; i < count; i++) {
      int id = file[at + 1 + 2 * i] & 0xFF;
      int tables = file[at + 2 + 2 * i] & 0xFF;
      @Nullable JpegComponent found = null;
      for (int c = 0; c < componentCount; c++) {
        boolean used = false;
        for (int before = 0; before < i; before++) {
          used |= scan[before] == components[c];
        }
        if (found == null && components[c].id == id && !used) {
          found = components[c];
        }
      }
      need(found != null && tables >> 4 < 4 && (tables & 15) < 4, "a scan's component");
      JpegComponent c = Objects.requireNonNull(found);
      c.dcTable = tables >> 4;
      c.acTable = tables & 15;
      if (!c.seen) {
        need(quantDefined[c.quantTable], "a missing quantisation table");
        System.arraycopy(quantTables[c.quantTable], 0, c.quant, 0, 64);
        c.seen = true;
      }
      scan[i] = c;
    }
    scanCount = count;
    spectralStart = file[at + 1 + 2 * count] & 0xFF;
    spectralEnd = file[at + 2 + 2 * count] & 0xFF;
    approximationHigh = file[at + 3 + 2 * count] >> 4 & 15;
    approximationLow = file[at + 3 + 2 * count] & 15;
    if (progressive) {
      boolean dc = spectralStart == 0;
      need(
          (dc ? spectralEnd == 0 : count == 1 && spectralEnd >= spectralStart && spectralEnd < 64)
              && approximationHigh < 14
              && approximationLow < 14,
          "a progressive scan");
    }
  }
}
