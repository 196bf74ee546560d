package io.bagpipe.streams.sender;

/** An image is larger than a record may be; it was not sent. */
public final class ImageTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ImageTooLargeException(long bytes, int limit) {
    super(
        "the image with its key and headers has "
            + bytes
            + " bytes, must be at most "
            + limit
            + " (the record size limit)");
  }
}
