package io.bagpipe.model.teacher;

/** A teacher that cannot be used, or an answer of it that cannot: one line, what and why. */
public final class TeacherException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TeacherException(String message) {
    super(message);
  }

  public TeacherException(String message, Throwable cause) {
    super(message, cause);
  }
}
