package io.bagpipe.model.image;

/** The file formats that are read, told apart by their first bytes, never by a name. */
public enum ImageFormat {
  JPEG,
  PNG,
  BMP,
  GIF,
  WEBP,
  TIFF;

  /** The format of a file, or an exception that says that it is none of these. */
  static ImageFormat of(byte[] file) throws ImageRejectedException {
    if (starts(file, 0, 0xFF, 0xD8, 0xFF)) {
      return JPEG;
    }
    if (starts(file, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
      return PNG;
    }
    if (starts(file, 0, 'G', 'I', 'F', '8')
        && (starts(file, 4, '7', 'a') || starts(file, 4, '9', 'a'))) {
      return GIF;
    }
    if (starts(file, 0, 'R', 'I', 'F', 'F') && starts(file, 8, 'W', 'E', 'B', 'P')) {
      return WEBP;
    }
    if (starts(file, 0, 'I', 'I', 42, 0) || starts(file, 0, 'M', 'M', 0, 42)) {
      return TIFF;
    }
    if (starts(file, 0, 'B', 'M')) {
      return BMP;
    }
    throw new ImageRejectedException(
        ImageRejectedException.Reason.UNKNOWN_FORMAT,
        "the first bytes (" + firstBytes(file) + ") are none of JPEG, PNG, BMP, GIF, WebP or TIFF");
  }

  private static boolean starts(byte[] file, int at, int... magic) {
    if (file.length < at + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((file[at + i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static String firstBytes(byte[] file) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(8, file.length); i++) {
      text.append(i == 0 ? "" : " ").append(String.format("%02x", file[i]));
    }
    return text.toString();
  }
}
