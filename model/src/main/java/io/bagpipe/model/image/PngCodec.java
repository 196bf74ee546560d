package io.bagpipe.model.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG (W3C recommendation, third edition) straight into packed pixels: every colour type and depth,
 * Adam7, tRNS. Of an animated PNG it reads the default image. Critical chunks must have a good
 * checksum; others are skipped. Our own because ImageIO builds a reader, a stream and a raster for
 * each image, which weighs on small ones.
 *
 * <p>Confined to one thread. Per image it allocates nothing, unless the image is larger than those
 * before it.
 */
final class PngCodec implements Codec {
  private static final int SIGNATURE = 8;
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504C5445;
  private static final int TRNS = 0x74524E53;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int EXIF = 0x65584966;

  /** Deflate cannot do better: 258 bytes out of two bits. */
  private static final int BEST_DEFLATE_RATIO = 1032;

  /** Rows are inflated this many bytes at a time, or one by one when they are longer. */
  private static final int BATCH_BYTES = 1 << 15;

  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private final Inflater inflater = new Inflater();
  private final CRC32 crc = new CRC32();
  private final PngPixels pixels = new PngPixels();
  private byte[] file = new byte[0];
  private ByteBuffer view = ByteBuffer.wrap(file);
  private int width;
  private int height;
  private boolean interlaced;
  private Orientation orientation = Orientation.UPRIGHT;
  private int idat;
  private long idatBytes;
  private int nextIdat;
  private int nextIdatEnd;
  private byte[] raw = new byte[0];

  @Override
  public ImageHeader open(byte[] file) throws ImageRejectedException {
    this.file = file;
    this.view = ByteBuffer.wrap(file);
    if (file.length < SIGNATURE + 25
        || view.getInt(SIGNATURE) != 13
        || view.getInt(SIGNATURE + 4) != IHDR) {
      throw Codec.corrupt("PNG: does not begin with an IHDR chunk");
    }
    checkCrc(SIGNATURE, 13);
    width = view.getInt(SIGNATURE + 8);
    height = view.getInt(SIGNATURE + 12);
    if (width < 1 || height < 1) {
      throw Codec.corrupt(
          "PNG: the header claims "
              + Integer.toUnsignedString(width)
              + "x"
              + Integer.toUnsignedString(height)
              + " pixels");
    }
    pixels.begin(file[SIGNATURE + 16], file[SIGNATURE + 17]);
    int interlace = file[SIGNATURE + 20];
    if (file[SIGNATURE + 18] != 0 || file[SIGNATURE + 19] != 0 || interlace < 0 || interlace > 1) {
      throw Codec.corrupt("PNG: unknown compression, filter or interlace method in the header");
    }
    interlaced = interlace == 1;
    orientation = findOrientation();
    boolean swapped = orientation.swapsAxes();
    return new ImageHeader(ImageFormat.PNG, swapped ? height : width, swapped ? width : height);
  }

  @Override
  public Orientation orientation() {
    return orientation;
  }

  private Orientation findOrientation() {
    long at = SIGNATURE + 25;
    while (at + 12 <= file.length) {
      int length = view.getInt((int) at);
      int type = view.getInt((int) at + 4);
      if (length < 0 || type == IEND || at + 12 + length > file.length) {
        break;
      }
      if (type == EXIF) {
        int start = (int) at + 8;
        return Orientation.ofTag(ExifOrientation.find(file, start, start + length));
      }
      at += 12L + length;
    }
    return Orientation.UPRIGHT;
  }

  @Override
  public void read(Region wanted, int maxReduction, PixelBuffer out, Deadline deadline)
      throws ImageRejectedException {
    scanChunks();
    long rawBytes = rawBytes();
    if (rawBytes > BEST_DEFLATE_RATIO * idatBytes) {
      throw Codec.corrupt(
          "PNG: "
              + idatBytes
              + " compressed bytes cannot hold "
              + width
              + "x"
              + height
              + " pixels");
    }
    out.reshape(wanted, 1);
    inflater.reset();
    nextIdat = idat;
    nextIdatEnd = idat;
    if (!interlaced) {
      readPass(width, height, new int[] {0, 0, 1, 1}, out, deadline);
      return;
    }
    for (int[] pass : ADAM7) {
      int passWidth = (width - pass[0] + pass[2] - 1) / pass[2];
      int passHeight = (height - pass[1] + pass[3] - 1) / pass[3];
      if (passWidth > 0 && passHeight > 0) {
        readPass(passWidth, passHeight, pass, out, deadline);
      }
    }
  }

  private long rawBytes() {
    if (!interlaced) {
      return (pixels.rowBytes(width) + 1) * height;
    }
    // Every pass rounds its rows up to whole bytes; that only adds to this.
    return pixels.rowBytes(width) * height;
  }

  /** Finds the palette, the transparency and the first piece of the pixels. */
  private void scanChunks() throws ImageRejectedException {
    idat = -1;
    idatBytes = 0;
    int at = SIGNATURE + 25;
    while (at + 12L <= file.length) {
      int length = view.getInt(at);
      int type = view.getInt(at + 4);
      if (type == IEND) {
        break;
      }
      if (length < 0 || at + 12L + length > file.length) {
        throw Codec.corrupt(
            "PNG: truncated in chunk " + name(type) + " of " + Integer.toUnsignedString(length));
      }
      switch (type) {
        case PLTE -> {
          checkCrc(at, length);
          pixels.palette(file, at + 8, length);
        }
        case TRNS -> {
          checkCrc(at, length);
          pixels.transparency(file, at + 8, length);
        }
        case IDAT -> {
          checkCrc(at, length);
          idat = idat < 0 ? at : idat;
          idatBytes += length;
        }
        default -> {
          // Nothing in other chunks changes what we make of the pixels.
        }
      }
      at += 12 + length;
    }
    if (idat < 0) {
      throw Codec.corrupt("PNG: there are no pixels (no IDAT chunk)");
    }
  }

  private void checkCrc(int chunk, int length) throws ImageRejectedException {
    crc.reset();
    crc.update(file, chunk + 4, length + 4);
    if ((int) crc.getValue() != view.getInt(chunk + 8 + length)) {
      throw Codec.corrupt("PNG: bad checksum of chunk " + name(view.getInt(chunk + 4)));
    }
  }

  private static String name(int type) {
    byte[] text = ByteBuffer.allocate(4).putInt(type).array();
    for (byte c : text) {
      if (c < 'A' || c > 'z') {
        return "0x" + Integer.toHexString(type);
      }
    }
    return new String(text, StandardCharsets.US_ASCII);
  }

  private void readPass(
      int passWidth, int passHeight, int[] pass, PixelBuffer out, Deadline deadline)
      throws ImageRejectedException {
    int line = Math.toIntExact(pixels.rowBytes(passWidth) + 1);
    int bytesPerPixel = pixels.bytesPerPixel();
    int batch = Math.min(passHeight, Math.max(1, BATCH_BYTES / line));
    // One line more than the batch: the one above it, for the filters.
    int room = Math.multiplyExact(line, batch + 1);
    if (raw.length < room || raw.length > 4 * BATCH_BYTES + room) {
      raw = new byte[Math.max(room, 2 * BATCH_BYTES)];
    }
    Arrays.fill(raw, 0, line, (byte) 0);
    for (int row = 0; row < passHeight; ) {
      deadline.check();
      int rows = Math.min(batch, passHeight - row);
      inflate(line, rows * line);
      for (int i = 1; i <= rows; i++, row++) {
        PngFilter.undo(raw, i * line, (i - 1) * line, line, bytesPerPixel);
        int y = pass[1] + row * pass[3];
        if (y >= out.held().top() && y < out.held().bottom()) {
          pixels.unpack(raw, i * line + 1, passWidth, pass, y, out);
        }
      }
      System.arraycopy(raw, rows * line, raw, 0, line);
    }
  }

  private void inflate(int offset, int length) throws ImageRejectedException {
    try {
      int done = 0;
      while (done < length) {
        if (inflater.needsInput() && !nextPiece()) {
          throw Codec.corrupt("PNG: truncated, the pixels end early");
        }
        int count = inflater.inflate(raw, offset + done, length - done);
        done += count;
        if (count == 0 && (inflater.finished() || inflater.needsDictionary())) {
          throw Codec.corrupt("PNG: the compressed pixels end early");
        }
      }
    } catch (DataFormatException e) {
      throw Codec.corrupt("PNG: the compressed pixels are damaged: " + e.getMessage());
    }
  }

  /** Hands the next IDAT chunk to the inflater. */
  private boolean nextPiece() {
    while (nextIdatEnd + 12L <= file.length) {
      nextIdat = nextIdatEnd;
      int length = view.getInt(nextIdat);
      if (view.getInt(nextIdat + 4) == IEND || length < 0) {
        return false;
      }
      nextIdatEnd = nextIdat + 12 + length;
      if (view.getInt(nextIdat + 4) == IDAT && length > 0) {
        inflater.setInput(file, nextIdat + 8, length);
        return true;
      }
    }
    return false;
  }
}
