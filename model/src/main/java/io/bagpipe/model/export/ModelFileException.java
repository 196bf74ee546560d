package io.bagpipe.model.export;

import java.nio.file.Path;

/** A file of weights that cannot be used; the message says in one line which file and why. */
public final class ModelFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelFileException(Path file, String why) {
    super(file + ": " + why);
  }

  public ModelFileException(Path file, String why, Throwable cause) {
    super(file + ": " + why, cause);
  }
}
