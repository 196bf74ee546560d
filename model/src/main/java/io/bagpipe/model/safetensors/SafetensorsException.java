package io.bagpipe.model.safetensors;

import java.nio.file.Path;

/** A file that is no well-formed safetensors file; the message says in one line which and why. */
public final class SafetensorsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String why;

  SafetensorsException(Path file, String why) {
    super(file + ": " + why);
    this.why = why;
  }

  SafetensorsException(Path file, String why, Throwable cause) {
    super(file + ": " + why, cause);
    this.why = why;
  }

  /** What is wrong, without the file's name. */
  public String why() {
    return why;
  }
}
