package io.bagpipe.model.bingo;

import io.bagpipe.model.bingo.BingoLoss.TermResult;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains a student: three forward and backward passes (query, member and mixed views, each with its
 * own batch statistics), one update, then the anchors' keys enter the queue (METHOD: "The loss").
 *
 * <p>Confined to the training thread. The engine stays its maker's; the trainer owns, and closes,
 * its queue. A trainer whose step failed halfway is finished: it takes no further step and
 * gives no state until {@link #restore}, because the passes have already touched the running
 * statistics.
 */
public final class BingoTrainer implements AutoCloseable {
  private final StudentEngine engine;
  private final BingoConfig config;
  private final CosineSchedule schedule;
  private final NegativeQueue queue;
  private final BingoLoss loss;
  private byte[] mixed = new byte[0];
  private long step;
  private long anchors;
  private @Nullable String broken;

  public BingoTrainer(StudentEngine engine, BingoConfig config) {
    this.engine = engine;
    this.config = config;
    this.schedule = config.schedule();
    this.queue = engine.negatives(config.queue(), config.seed());
    this.loss = new BingoLoss(queue, config.temperature());
  }

  /** Steps done. */
  public long step() {
    return step;
  }

  /** Anchors trained. */
  public long anchors() {
    return anchors;
  }

  /**
   * One step on one batch.
   *
   * @throws NotFiniteException when a term or its gradient is not finite; parameters, velocities,
   *     queue and counts are then as before
   */
  public StepReport step(BingoBatch batch) {
    requireSound();
    check(batch);
    int size = engine.inputSize();
    TermWeights weights = TermWeights.at(anchors, config.warmupImages());
    CutMix cut = CutMix.draw(config.seed(), step, size);
    double rate = schedule.at(anchors);

    broken = "step " + (step + 1) + " did not finish";
    double query = pass("query", batch.queryViews(), batch, weights.own(), weights.other());
    double member = pass("member", batch.memberViews(), batch, weights.other(), weights.own());
    byte[] mix = mix(batch, cut, size);
    double mixture = pass("mixed", mix, batch, cut.lambda(), 1 - cut.lambda());

    engine.update((float) rate, config.momentum(), config.weightDecay());
    queue.enqueue(batch.keys());
    step++;
    anchors += batch.size();
    broken = null;
    return new StepReport(
        step, anchors, (query + member + mixture) / 3, query, member, mixture, rate, cut.lambda());
  }

  private double pass(
      String views, byte[] pixels, BingoBatch batch, double weightKey, double weightMember) {
    float[] output = engine.forward(pixels, batch.size());
    TermResult term = loss.term(output, batch.keys(), batch.memberKeys(), weightKey, weightMember);
    if (!term.isFinite()) {
      throw broken(
          "step "
              + (step + 1)
              + ": the loss of the "
              + views
              + " views is "
              + term.loss()
              + (Double.isFinite(term.loss()) ? " and its gradient not finite" : ""));
    }
    engine.backward(term.gradient());
    return term.loss();
  }

  private byte[] mix(BingoBatch batch, CutMix cut, int size) {
    int count = batch.size() * imageBytes();
    if (mixed.length != count) {
      mixed = new byte[count];
    }
    System.arraycopy(batch.queryViews(), 0, mixed, 0, count);
    cut.paste(mixed, batch.memberViews(), batch.size(), size);
    return mixed;
  }

  /**
   * A copy of the state between two steps.
   *
   * @throws NotFiniteException when a parameter, statistic or velocity is not finite
   */
  public TrainerState snapshot() {
    requireSound();
    StateDict network = engine.state();
    StateDict velocities = engine.velocities();
    requireFinite("", network);
    requireFinite("velocity of ", velocities);
    return new TrainerState(step, anchors, queue.snapshot(), queue.position(), network, velocities);
  }

  /** Replaces the state; the steps that follow are bit for bit those of the one snapshot. */
  public void restore(TrainerState state) {
    if (broken != null) {
      // drops the gradients that the failed step left; all that this changes is loaded anew below
      engine.update(0, 0, 0);
    }
    queue.restore(state.queue(), state.queuePosition());
    engine.load(state.network());
    engine.loadVelocities(state.velocities());
    step = state.step();
    anchors = state.anchors();
    broken = null;
  }

  private int imageBytes() {
    return engine.inputSize() * engine.inputSize() * 3;
  }

  private void check(BingoBatch batch) {
    int pixels = Math.multiplyExact(batch.size(), imageBytes());
    int values = batch.size() * engine.embeddingDimension();
    if (batch.size() < 1
        || batch.queryViews().length != pixels
        || batch.memberViews().length != pixels
        || batch.keys().length != values
        || batch.memberKeys().length != values) {
      throw new IllegalArgumentException(
          "batch of "
              + batch.size()
              + " anchors with views of "
              + batch.queryViews().length
              + " and "
              + batch.memberViews().length
              + " bytes, keys of "
              + batch.keys().length
              + " and "
              + batch.memberKeys().length
              + " values; valid: at least one anchor, "
              + imageBytes()
              + " bytes a view and "
              + engine.embeddingDimension()
              + " values a key");
    }
  }

  private void requireSound() {
    if (broken != null) {
      throw new IllegalStateException("this trainer has stopped: " + broken);
    }
  }

  private void requireFinite(String what, StateDict state) {
    for (Tensor tensor : state.tensors()) {
      for (float value : tensor.data()) {
        if (!Float.isFinite(value)) {
          throw broken("after step " + step + ": " + what + tensor.name() + " holds " + value);
        }
      }
    }
  }

  private NotFiniteException broken(String why) {
    broken = why;
    return new NotFiniteException(why);
  }

  @Override
  public void close() {
    queue.close();
  }
}
