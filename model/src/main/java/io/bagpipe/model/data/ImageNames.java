package io.bagpipe.model.data;

import java.util.List;

/** What a file is, by its name, and by its first bytes where the name says nothing. */
final class ImageNames {
  private static final List<String> IMAGES =
      List.of(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff");
  private static final List<String> ARCHIVES = List.of(".zip", ".tar", ".tar.gz", ".tgz");

  /** Bytes that {@link #looksLikeImage} wants to see. */
  static final int SNIFFED = 12;

  private ImageNames() {}

  static boolean isImage(String name) {
    return endsWithOne(name, IMAGES);
  }

  static boolean isArchive(String name) {
    return endsWithOne(name, ARCHIVES);
  }

  static boolean isZip(String name) {
    return endsWithOne(name, List.of(".zip"));
  }

  /** A label beside an image of an archive (WebDataset). */
  static boolean isLabel(String name) {
    return endsWithOne(name, List.of(".cls"));
  }

  /** Of what lies beside an image and is none. */
  static boolean isText(String name) {
    return endsWithOne(name, List.of(".json", ".txt"));
  }

  /** By the signatures of PNG, JPEG, GIF, BMP, TIFF and WebP. */
  static boolean looksLikeImage(byte[] start, int length) {
    return starts(start, length, 0, 0x89, 'P', 'N', 'G')
        || starts(start, length, 0, 0xff, 0xd8, 0xff)
        || starts(start, length, 0, 'G', 'I', 'F', '8')
        || starts(start, length, 0, 'B', 'M')
        || starts(start, length, 0, 'I', 'I', 42, 0)
        || starts(start, length, 0, 'M', 'M', 0, 42)
        || (starts(start, length, 0, 'R', 'I', 'F', 'F')
            && starts(start, length, 8, 'W', 'E', 'B', 'P'));
  }

  private static boolean starts(byte[] bytes, int length, int from, int... expected) {
    if (length < from + expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[from + i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean endsWithOne(String name, List<String> endings) {
    for (String ending : endings) {
      int at = name.length() - ending.length();
      if (name.regionMatches(true, at, ending, 0, ending.length())) {
        return true;
      }
    }
    return false;
  }
}
