package io.bagpipe.streams.sender;

/** Too much is on its way already; the image was not sent. Wait for the sender's ready future. */
public final class SenderFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SenderFullException(long records, long bytes) {
    super(records + " images (" + bytes + " bytes) are on their way already, try again later");
  }
}
