package io.bagpipe.model.eval;

/** Follows an evaluation, which may take long, and may end it. On the evaluation's thread. */
@FunctionalInterface
public interface EvaluationWatch {
  /** Nobody follows it, and it goes on to its end. */
  EvaluationWatch NONE = (done, all) -> true;

  /**
   * Told after every few images.
   *
   * @param done images looked at
   * @param all images of bank and queries together
   * @return false to end it without a result
   */
  boolean goOn(long done, long all);
}
