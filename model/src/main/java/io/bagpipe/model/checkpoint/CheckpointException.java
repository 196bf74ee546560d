package io.bagpipe.model.checkpoint;

/** A checkpoint that cannot be written, or read, or that is none of this program's. */
public class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
