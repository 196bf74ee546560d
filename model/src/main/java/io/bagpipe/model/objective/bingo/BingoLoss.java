package io.bagpipe.model.objective.bingo;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.Contrast;
import io.bagpipe.model.objective.Contrast.Masked;
import io.bagpipe.model.objective.Contrast.Positive;
import io.bagpipe.model.objective.TermResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The BINGO loss, one term at a time (METHOD: "The loss"): a term is weightKey · CE(s, key) +
 * weightMember · CE(s, memberKey) with the {@link Contrast} CE against the queue, averaged over the
 * batch, and the loss is the mean of the three terms. Terms share nothing but the queue, so each is
 * computed between its forward and its backward pass.
 *
 * <p>Confined to the training thread; the queue stays its owner's.
 */
public final class BingoLoss {
  private static final double TERMS = 3;

  private final Contrast contrast;

  public BingoLoss(NegativeQueue queue, float temperature) {
    this.contrast = new Contrast(queue, temperature);
  }

  /** How many of the negatives each vector is. */
  int[] copies(float[] rows) {
    return contrast.copies(rows);
  }

  /**
   * One term, with the gradient of its share in the loss.
   *
   * @param terms of the loss, which is their mean: 3 in the paper
   * @param masked member keys that are no negatives; null in the paper
   */
  TermResult term(
      float[] raw, double terms, Positive key, Positive memberKey, @Nullable Masked masked) {
    return contrast.of(raw, terms, List.of(key, memberKey), masked);
  }

  /**
   * One term of the paper's, with the gradient of a third of it: its share in the loss.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param keys [batch, dimension] unit rows, the teacher's embeddings of the anchors
   * @param memberKeys [batch, dimension] unit rows, those of the members
   */
  public TermResult term(
      float[] raw, float[] keys, float[] memberKeys, double weightKey, double weightMember) {
    return term(
        raw, TERMS, new Positive(keys, weightKey), new Positive(memberKeys, weightMember), null);
  }
}
