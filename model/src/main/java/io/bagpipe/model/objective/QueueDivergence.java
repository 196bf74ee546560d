package io.bagpipe.model.objective;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;

/**
 * KL(y‖p) of the teacher's and the student's similarities to the rows of one queue, with one
 * temperature on both sides and no entry of the anchor's own: y = softmax(t·u / T), p = softmax(s·u
 * / T), averaged over the batch. Rows need not be of unit length, but no longer than about √3.
 *
 * <p>Confined to the training thread; the queue stays its owner's.
 */
public final class QueueDivergence {
  private final NegativeQueue queue;
  private final int dimension;
  private final float temperature;

  /**
   * @param temperature of both softmaxes, 0.025 to 100
   */
  public QueueDivergence(NegativeQueue queue, float temperature) {
    this.queue = queue;
    this.dimension = queue.dimension();
    this.temperature = Temperatures.student(temperature);
  }

  /**
   * The loss.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param targets [batch, dimension] unit rows, the teacher's embeddings of the same views
   */
  public TermResult of(float[] raw, float[] targets) {
    UnitOutputs outputs = UnitOutputs.beside(raw, targets, dimension);
    Attention asked = queue.attend(targets, temperature);
    Distribution wanted = Distribution.over(asked);
    Distribution seen = Distribution.over(queue.attend(outputs.rows(), temperature));
    TermResult crossEntropy = SoftCrossEntropy.of(outputs, seen, wanted, temperature);
    return new TermResult(
        crossEntropy.loss() - wanted.entropy(targets, temperature), crossEntropy.gradient());
  }
}
