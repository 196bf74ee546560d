package io.bagpipe.model.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * How good the student was when the checkpoint was made.
 *
 * @param loss of late; null when not measured
 * @param knnTop1 of the last evaluation, [0, 1]; null when there was none
 */
public record Metrics(@Nullable Double loss, @Nullable Double knnTop1) {
  public static final Metrics NONE = new Metrics(null, null);

  /**
   * By kNN where both have it, else by loss; an evaluated student is better than one that is not.
   */
  boolean atLeastAsGoodAs(Metrics other) {
    Double mine = knnTop1;
    Double others = other.knnTop1;
    if (mine != null && others != null) {
      return mine >= others;
    }
    if (mine != null || others != null) {
      return mine != null;
    }
    Double myLoss = loss;
    Double othersLoss = other.loss;
    return othersLoss == null || (myLoss != null && myLoss <= othersLoss);
  }
}
