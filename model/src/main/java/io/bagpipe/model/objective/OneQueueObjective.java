package io.bagpipe.model.objective;

import io.bagpipe.model.engine.NegativeQueue;
import java.util.Map;

/**
 * One pass over the query views, whose outputs are compared with the teacher's embeddings of the
 * same views by way of one queue of earlier ones. Confined to the training thread; owns its queue.
 */
public abstract class OneQueueObjective implements Objective {
  /** The name of the one term. */
  public static final String TERM = "similarity";

  private final String name;
  private final NegativeQueue queue;
  private final Loss loss;

  /** What a batch's outputs cost. */
  @FunctionalInterface
  public interface Loss {
    /**
     * The loss and its gradient.
     *
     * @param outputs [batch, dimension] the student's, not normalised
     * @param targets [batch, dimension] unit rows, the teacher's embeddings of the same views
     */
    TermResult of(float[] outputs, float[] targets);
  }

  /**
   * An objective over a queue, which it closes.
   *
   * @param name under which its state is kept
   */
  protected OneQueueObjective(String name, NegativeQueue queue, Loss loss) {
    this.name = name;
    this.queue = queue;
    this.loss = loss;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    float[] targets = targets(batch);
    double value =
        student.run(
            "query",
            batch.view(Ingredient.QUERY_VIEW),
            batch.size(),
            outputs -> loss.of(outputs, targets));
    return new StepLoss(value, Map.of(TERM, value), Map.of());
  }

  @Override
  public void updated(AnchorBatch batch) {
    queue.enqueue(targets(batch));
  }

  /** [batch, dimension] the teacher's embeddings of the query views. */
  protected static float[] targets(AnchorBatch batch) {
    return batch.vectors(Ingredient.QUERY_EMBEDDING);
  }

  @Override
  public ObjectiveState state() {
    return QueueState.of(name, queue);
  }

  @Override
  public void restore(ObjectiveState state) {
    QueueState.restore(state, queue);
  }

  @Override
  public void close() {
    queue.close();
  }
}
