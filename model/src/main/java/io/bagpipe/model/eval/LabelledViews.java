package io.bagpipe.model.eval;

/** Labelled images to evaluate on, as index views; read anew whenever they are asked for. */
public interface LabelledViews {
  /** Images that are to come; fewer do where some cannot be read. */
  int count();

  /**
   * Hands over all that can be read, in an order that is always the same.
   *
   * @throws EvaluationException when none can
   */
  void read(Sink sink);

  /** Takes one image after the other. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes an image.
     *
     * @param view uint8 [size, size, 3]; the sink's to keep
     * @param label 0 or more; the same number is the same class in all that is evaluated together
     * @return false when no more are wanted
     */
    boolean take(byte[] view, int label);
  }
}
