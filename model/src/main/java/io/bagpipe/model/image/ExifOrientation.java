package io.bagpipe.model.image;

/** Finds one number in a TIFF structure: the orientation (tag 0x112) of the first directory. */
final class ExifOrientation {
  private static final int TAG = 0x112;

  private ExifOrientation() {}

  /** The tag's value, 0 if there is none that can be read. */
  static int find(byte[] file, int start, int end) {
    if (start + 8 > end) {
      return 0;
    }
    boolean little = file[start] == 'I';
    long directory = number(file, start + 4, 4, little);
    long at = start + directory;
    if (directory < 8 || at + 2 > end) {
      return 0;
    }
    int entries = (int) number(file, (int) at, 2, little);
    at += 2;
    for (int i = 0; i < entries && at + 12 <= end; i++, at += 12) {
      if (number(file, (int) at, 2, little) == TAG) {
        return (int) number(file, (int) at + 8, 2, little);
      }
    }
    return 0;
  }

  private static long number(byte[] file, int at, int bytes, boolean little) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (file[little ? at + bytes - 1 - i : at + i] & 0xFF);
    }
    return value;
  }
}
