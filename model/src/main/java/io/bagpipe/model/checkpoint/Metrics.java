package io.bagpipe.model.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * How good the student was when the checkpoint was made.
 *
 * @param loss of late; null when not measured
 * @param knnTop1 of the last evaluation, [0, 1]; null when there was none
 * @param judged the rest of the last evaluation; null when there was none, or it was not written
 *     down
 */
public record Metrics(@Nullable Double loss, @Nullable Double knnTop1, @Nullable Judged judged) {
  /**
   * An evaluation, which may be older than the checkpoint.
   *
   * @param anchors trained when it was made
   * @param linearTop1 accuracy of the fast linear probe, [0, 1]; null when it was not measured
   * @param rankMe effective rank of the features
   * @param featureStd standard deviation of the unit features, mean over the dimensions
   */
  public record Judged(
      long anchors, @Nullable Double linearTop1, double rankMe, double featureStd) {}

  /** With no more of an evaluation than this. */
  public Metrics(@Nullable Double loss, @Nullable Double knnTop1) {
    this(loss, knnTop1, null);
  }

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
