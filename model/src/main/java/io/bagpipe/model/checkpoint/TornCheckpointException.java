package io.bagpipe.model.checkpoint;

/** A checkpoint file that is not what was written: cut short, or changed since. */
public final class TornCheckpointException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public TornCheckpointException(String message) {
    super(message);
  }
}
