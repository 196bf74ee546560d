package io.bagpipe.model.objective.moco;

import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Contrast;
import io.bagpipe.model.objective.EncoderState;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueState;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.UnitOutputs;
import java.util.List;
import java.util.Map;

/**
 * MoCo v2: a second encoder, which follows the student, embeds the key views; the student puts the
 * query view next to its own key, and away from the queue. A step (authors' code: {@code
 * moco/builder.py}): the encoder follows, embeds the key views in training mode, the student's pass
 * and update, the keys enter. The key views come first here, because the student's backward pass
 * must directly follow its forward pass; neither sees the other.
 *
 * <p>Confined to the training thread; owns its queue and its encoder.
 */
final class MocoObjective implements Objective {
  static final String NAME = "moco-v2";
  static final String TERM = "contrast";

  private final NegativeQueue queue;
  private final MomentumEncoder encoder;
  private final Contrast contrast;
  private final float momentum;
  private float[] keys = new float[0];

  MocoObjective(NegativeQueue queue, MomentumEncoder encoder, float temperature, float momentum) {
    this.queue = queue;
    this.encoder = encoder;
    this.contrast = new Contrast(queue, temperature);
    this.momentum = momentum;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    encoder.follow(momentum);
    float[] raw = encoder.forward(batch.view(Ingredient.KEY_VIEW), batch.size());
    keys = new UnitOutputs(raw, queue.dimension()).rows();
    List<Contrast.Positive> positives = List.of(new Contrast.Positive(keys, 1));
    double value =
        student.run(
            "query",
            batch.view(Ingredient.QUERY_VIEW),
            batch.size(),
            outputs -> contrast.of(outputs, 1, positives));
    return new StepLoss(value, Map.of(TERM, value), Map.of());
  }

  @Override
  public void updated(AnchorBatch batch) {
    queue.enqueue(keys);
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
