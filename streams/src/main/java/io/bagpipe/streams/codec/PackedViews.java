package io.bagpipe.streams.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

/**
 * Views in fewer bytes, without loss: of photographs at 224 pixels about four tenths of what the
 * pixels take.
 *
 * <p>A view, uint8 [size, size, 3] RGB, becomes three planes: green, red minus green, blue minus
 * green. In each a sample is what is left of it when its left and its upper neighbour have been
 * taken away and the one between them added (the gradient, predictor 4 of lossless JPEG, ITU-T
 * T.81), all modulo 256, with zeros round the plane. Those bytes, rows from the top, are one frame
 * of Zstandard (RFC 8878) that says how long its content is. From any thread.
 */
public final class PackedViews {
  /** In a batch's field {@code packing}: views are pixels. */
  public static final int NONE = 0;

  /** They are packed as this class says. */
  public static final int GRADIENT = 1;

  private static final int CHANNELS = 3;

  /** Of Zstandard; higher ones take twice as long for a twentieth. */
  private static final int LEVEL = 1;

  private PackedViews() {}

  /**
   * @param rgb uint8 [size, size, 3]
   * @throws IllegalArgumentException when that is no square
   */
  public static ByteString pack(byte[] rgb) {
    int size = (int) Math.round(Math.sqrt(rgb.length / (double) CHANNELS));
    if (rgb.length != CHANNELS * size * size) {
      throw new IllegalArgumentException(
          rgb.length + " bytes are no square view of three channels");
    }
    byte[] residuals = new byte[rgb.length];
    int plane = size * size;
    for (int y = 0, at = 0; y < size; y++) {
      byte red = 0;
      byte green = 0;
      byte blue = 0;
      for (int x = 0; x < size; x++, at++) {
        // the change from the row above
        byte g = (byte) (rgb[3 * at + 1] - above(rgb, 3 * at + 1, size, y));
        byte r = (byte) (rgb[3 * at] - above(rgb, 3 * at, size, y) - g);
        byte b = (byte) (rgb[3 * at + 2] - above(rgb, 3 * at + 2, size, y) - g);
        residuals[at] = (byte) (g - green);
        residuals[plane + at] = (byte) (r - red);
        residuals[2 * plane + at] = (byte) (b - blue);
        red = r;
        green = g;
        blue = b;
      }
    }
    return UnsafeByteOperations.unsafeWrap(Zstd.compress(residuals, LEVEL));
  }

  private static byte above(byte[] rgb, int at, int size, int y) {
    return y == 0 ? 0 : rgb[at - CHANNELS * size];
  }

  /**
   * A view as a batch of that packing has it.
   *
   * @param rgb uint8 [size, size, 3]; not copied
   */
  public static ByteString as(int packing, byte[] rgb) {
    return packing == GRADIENT ? pack(rgb) : UnsafeByteOperations.unsafeWrap(rgb);
  }

  /** Whether that may be a view of so many pixels, by what it says of itself. */
  static boolean isOf(ByteString packed, int pixelBytes) {
    byte[] frame = packed.toByteArray();
    return frame.length > 0 && Zstd.getFrameContentSize(frame) == pixelBytes;
  }

  /**
   * @param size side of the view, pixels
   * @return uint8 [size, size, 3] RGB
   * @throws PoisonRecordException when that is no packed view of this size
   */
  public static byte[] unpack(ByteString packed, int size) throws PoisonRecordException {
    byte[] residuals = residuals(packed.toByteArray(), CHANNELS * size * size);
    byte[] rgb = new byte[residuals.length];
    int plane = size * size;
    for (int y = 0, at = 0; y < size; y++) {
      byte red = 0;
      byte green = 0;
      byte blue = 0;
      for (int x = 0; x < size; x++, at++) {
        green += residuals[at];
        red += residuals[plane + at];
        blue += residuals[2 * plane + at];
        rgb[3 * at] = (byte) (above(rgb, 3 * at, size, y) + red + green);
        rgb[3 * at + 1] = (byte) (above(rgb, 3 * at + 1, size, y) + green);
        rgb[3 * at + 2] = (byte) (above(rgb, 3 * at + 2, size, y) + blue + green);
      }
    }
    return rgb;
  }

  private static byte[] residuals(byte[] frame, int length) throws PoisonRecordException {
    if (frame.length == 0 || Zstd.getFrameContentSize(frame) != length) {
      throw new PoisonRecordException("a packed view is not one of " + length + " bytes");
    }
    try {
      byte[] residuals = Zstd.decompress(frame, length);
      if (residuals.length == length) {
        return residuals;
      }
      throw new PoisonRecordException(
          "a packed view has " + residuals.length + " bytes, not " + length);
    } catch (ZstdException e) {
      throw new PoisonRecordException("a packed view cannot be unpacked: " + e.getMessage(), e);
    }
  }
}
