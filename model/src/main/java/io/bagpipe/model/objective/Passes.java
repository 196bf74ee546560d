package io.bagpipe.model.objective;

/**
 * Runs the student for an objective: a forward pass, a term of the loss, a backward pass. The
 * trainer's side of the seam; it refuses what is not finite. Gradients of several passes add up.
 */
public interface Passes {

  /** A term of the loss as a function of the student's raw outputs. */
  @FunctionalInterface
  interface Term {
    /**
     * @param outputs [batch, embedding], not normalised
     */
    TermResult of(float[] outputs);
  }

  /**
   * One pass, forward and backward; batch norm takes this batch's statistics.
   *
   * @param name of the views, for messages: {@code query}
   * @param pixels uint8 [batch, side, side, 3]
   * @return the term's value
   * @throws io.bagpipe.model.objective.NotFiniteException when value or gradient is not finite
   */
  double run(String name, byte[] pixels, int batch, Term term);
}
