package io.bagpipe.verticles.ops.http;

/** Kinds of encoded images, told by their first bytes: what clients say is not trusted. */
enum ImageType {
  PNG("image/png"),
  JPEG("image/jpeg"),
  GIF("image/gif"),
  BMP("image/bmp"),
  WEBP("image/webp"),
  TIFF("image/tiff"),
  UNKNOWN("application/octet-stream");

  static final String EXPECTED = "this is no PNG, JPEG, GIF, BMP, WebP or TIFF image";

  private final String mediaType;

  ImageType(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  static ImageType of(byte[] b) {
    if (starts(b, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
      return PNG;
    }
    if (starts(b, 0, 0xff, 0xd8, 0xff)) {
      return JPEG;
    }
    if (starts(b, 0, 'G', 'I', 'F', '8')) {
      return GIF;
    }
    if (starts(b, 0, 'B', 'M')) {
      return BMP;
    }
    if (starts(b, 0, 'R', 'I', 'F', 'F') && starts(b, 8, 'W', 'E', 'B', 'P')) {
      return WEBP;
    }
    return starts(b, 0, 'I', 'I', 42, 0) || starts(b, 0, 'M', 'M', 0, 42) ? TIFF : UNKNOWN;
  }

  private static boolean starts(byte[] bytes, int offset, int... magic) {
    if (bytes.length < offset + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[offset + i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
