package io.bagpipe.model.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Encodes 8-bit grey or RGB pixels as PNG, small images quickly; the same pixels give the same
 * bytes. Confined to one thread; whoever makes it closes it.
 */
public final class PngWriter implements AutoCloseable {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private final Deflater deflater = new Deflater();
  private final CRC32 crc = new CRC32();

  /**
   * Encodes one image.
   *
   * @param pixels [height, width, channels] from {@code from} on
   * @param channels 1 (grey) or 3 (RGB)
   */
  public byte[] encode(byte[] pixels, int from, int width, int height, int channels) {
    if (width < 1 || height < 1 || (channels != 1 && channels != 3)) {
      throw new IllegalArgumentException(
          width + "x" + height + "x" + channels + ": expected at least 1x1, and 1 or 3 channels");
    }
    int row = Math.multiplyExact(width, channels);
    byte[] raw = new byte[Math.multiplyExact(row + 1, height)];
    for (int y = 0; y < height; y++) {
      // Filter 0 (none) stands before every row.
      System.arraycopy(pixels, from + y * row, raw, y * (row + 1) + 1, row);
    }
    byte[] packed = new byte[raw.length + raw.length / 1000 + 64];
    deflater.reset();
    deflater.setInput(raw);
    deflater.finish();
    int length = deflater.deflate(packed);
    ByteBuffer out = ByteBuffer.allocate(SIGNATURE.length + 25 + 12 + length + 12);
    out.put(SIGNATURE);
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) 8).put((byte) (channels == 1 ? 0 : 2)).put(new byte[3]);
    chunk(out, "IHDR", header.array(), 13);
    chunk(out, "IDAT", packed, length);
    chunk(out, "IEND", packed, 0);
    return out.array();
  }

  private void chunk(ByteBuffer out, String type, byte[] data, int length) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    crc.reset();
    crc.update(name);
    crc.update(data, 0, length);
    out.putInt(length).put(name).put(data, 0, length).putInt((int) crc.getValue());
  }

  @Override
  public void close() {
    deflater.end();
  }
}
