package io.bagpipe.model.objective;

/**
 * A term of a loss.
 *
 * @param loss the term, averaged over the batch
 * @param gradient [batch, embedding], of the term's share in the loss, with respect to the
 *     student's raw outputs, before normalisation
 */
public record TermResult(double loss, float[] gradient) {
  /** Whether the loss and every value of the gradient are finite. */
  public boolean isFinite() {
    if (!Double.isFinite(loss)) {
      return false;
    }
    for (float value : gradient) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
