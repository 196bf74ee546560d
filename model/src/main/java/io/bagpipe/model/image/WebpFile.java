package io.bagpipe.model.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What of a WebP file's container (RIFF; "WebP Container Specification") ImageIO's reader does not
 * tell: whether it is lossy, the first frame of an animation, the EXIF orientation. Broken
 * containers have none.
 */
final class WebpFile {
  private static final int FIRST_CHUNK = 12;
  private static final int FRAME_HEADER = 16;

  private WebpFile() {}

  /**
   * The first frame of an animation.
   *
   * @param frame a file of its own
   * @param left where it lies on the canvas
   * @param width of the canvas
   */
  record Animation(byte[] frame, int left, int top, int width, int height) {}

  /** Whether a still image is a VP8 bitstream, with half of the chroma's lines and columns. */
  static boolean isLossy(byte[] file) {
    return find(file, FIRST_CHUNK, file.length, "VP8 ") >= 0;
  }

  /** Null for a still image; ImageIO's reader knows of animations, and gets their pixels wrong. */
  static @Nullable Animation animation(byte[] file) {
    int canvas = find(file, FIRST_CHUNK, file.length, "VP8X");
    int frame = find(file, FIRST_CHUNK, file.length, "ANMF");
    if (canvas < 0 || frame < 0 || frame + 8 + FRAME_HEADER > file.length) {
      return null;
    }
    int start = frame + 8;
    int end = (int) Math.min(file.length, start + length(file, frame));
    int content = Math.max(0, end - start - FRAME_HEADER);
    boolean alpha = find(file, start + FRAME_HEADER, end, "ALPH") >= 0;
    int header = FIRST_CHUNK + (alpha ? 18 : 0);
    byte[] still = Arrays.copyOf(file, header + content);
    number(still, 4, 4, still.length - 8);
    if (alpha) { // an extended file: flags, then the frame's size as the canvas'
      System.arraycopy(file, canvas, still, FIRST_CHUNK, 8);
      number(still, FIRST_CHUNK + 8, 4, 0x10);
      System.arraycopy(file, start + 6, still, FIRST_CHUNK + 12, 6);
    }
    System.arraycopy(file, start + FRAME_HEADER, still, header, content);
    return new Animation(
        still,
        2 * triple(file, start),
        2 * triple(file, start + 3),
        triple(file, canvas + 12) + 1,
        triple(file, canvas + 15) + 1);
  }

  private static void number(byte[] file, int at, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      file[at + i] = (byte) (value >> (8 * i));
    }
  }

  private static int triple(byte[] file, int at) {
    return (file[at] & 0xFF) | (file[at + 1] & 0xFF) << 8 | (file[at + 2] & 0xFF) << 16;
  }

  static Orientation orientation(byte[] file) {
    int exif = find(file, FIRST_CHUNK, file.length, "EXIF");
    if (exif < 0) {
      return Orientation.UPRIGHT;
    }
    int start = exif + 8;
    long end = Math.min(file.length, start + length(file, exif));
    if (hasName(file, start, (int) end, "Exif")) { // some writers keep JPEG's marker
      start += 6;
    }
    return Orientation.ofTag(ExifOrientation.find(file, start, (int) end));
  }

  /** Where a chunk of this name begins; -1 where there is none. */
  private static int find(byte[] file, int from, int end, String name) {
    long at = from;
    while (at + 8 <= end) {
      if (hasName(file, (int) at, end, name)) {
        return (int) at;
      }
      long length = length(file, (int) at);
      at += 8 + length + (length & 1);
    }
    return -1;
  }

  private static boolean hasName(byte[] file, int at, int end, String name) {
    if (at + name.length() > end) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (file[at + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static long length(byte[] file, int chunk) {
    long value = 0;
    for (int i = 3; i >= 0; i--) {
      value = value << 8 | (file[chunk + 4 + i] & 0xFF);
    }
    return value;
  }
}
