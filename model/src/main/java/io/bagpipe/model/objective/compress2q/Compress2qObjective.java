package io.bagpipe.model.objective.compress2q;

import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.EncoderState;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueState;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.UnitOutputs;
import java.util.Map;

/**
 * CompRess with two queues. After the update the teacher's embeddings enter the one, what a
 * momentum encoder says of the same views the other, and only then the encoder follows the student
 * (authors' code: {@code train_student.py}).
 *
 * <p>Confined to the training thread; owns its queue and its encoder.
 */
final class Compress2qObjective implements Objective {
  static final String NAME = "compress-2q";
  static final String TERM = "similarity";

  private final NegativeQueue queue;
  private final MomentumEncoder encoder;
  private final TwoQueueLoss loss;
  private final int dimension;
  private final float momentum;

  /**
   * @param queue of a teacher's and a student's embedding side by side
   */
  Compress2qObjective(
      NegativeQueue queue, MomentumEncoder encoder, float temperature, float momentum) {
    this.queue = queue;
    this.encoder = encoder;
    this.dimension = queue.dimension() / 2;
    this.loss = new TwoQueueLoss(queue, dimension, dimension, temperature);
    this.momentum = momentum;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    float[] targets = batch.vectors(Ingredient.QUERY_EMBEDDING);
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
    float[] raw = encoder.forward(batch.view(Ingredient.QUERY_VIEW), batch.size());
    float[] own = new UnitOutputs(raw, dimension).rows();
    loss.enter(batch.vectors(Ingredient.QUERY_EMBEDDING), own);
    encoder.follow(momentum);
  }

  @Override
  public ObjectiveState state() {
    return QueueState.of(NAME, queue, EncoderState.of(encoder));
  }

  @Override
  public void restore(ObjectiveState state) {
    QueueState.restore(state, queue, EncoderState.names(encoder));
    EncoderState.restore(state, encoder);
  }

  @Override
  public void close() {
    encoder.close();
    queue.close();
  }
}
