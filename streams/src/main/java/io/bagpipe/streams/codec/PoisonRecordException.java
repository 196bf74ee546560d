package io.bagpipe.streams.codec;

import org.jspecify.annotations.Nullable;

/**
 * A record of an inner topic that this version cannot use: wrong bytes, wrong version, wrong sizes.
 * Its stage sends it to the dead letters and goes on.
 */
public final class PoisonRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  public PoisonRecordException(String message) {
    super(message);
  }

  public PoisonRecordException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
