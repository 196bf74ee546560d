package io.bagpipe.model.data;

import java.io.IOException;

/** A data set is missing, damaged, or not one. The message is one line and names the file. */
public final class DataSetException extends IOException {
  private static final long serialVersionUID = 1L;

  public DataSetException(String message) {
    super(message);
  }

  public DataSetException(String message, Throwable cause) {
    super(message, cause);
  }
}
