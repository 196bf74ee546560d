package io.bagpipe.model.eval;

/** A student cannot be evaluated, for a reason that is not the student's: there are no images. */
public final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EvaluationException(String message) {
    super(message);
  }
}
