package io.bagpipe.model.objective.bingo;

/**
 * (a, b) of the loss: the weight of a view's own key and of the other's (METHOD: "The loss"). While
 * warming up a view is compared with its own key alone.
 */
public record TermWeights(double own, double other) {
  static final TermWeights WARMING_UP = new TermWeights(1, 0);
  static final TermWeights AFTERWARDS = new TermWeights(0.5, 0.5);

  /** The weights of the step that begins after so many images. */
  public static TermWeights at(long images, long warmupImages) {
    return images < warmupImages ? WARMING_UP : AFTERWARDS;
  }
}
