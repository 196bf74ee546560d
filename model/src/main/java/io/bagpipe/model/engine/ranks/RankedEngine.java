package io.bagpipe.model.engine.ranks;

import io.bagpipe.model.engine.FlatVector;
import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.Rank;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.network.StateDict;

/**
 * An engine that is one rank of several. An update takes the mean of all ranks' gradients, so that
 * ranks that began with the same weights have the same ones after every step; the keys of all enter
 * every queue. Batch norm's statistics are this rank's own batches', the running ones too: the
 * student that is kept is rank 0's.
 *
 * <p>Every rank makes the same steps. A rank that cannot, because a loss is not finite for
 * instance, ends; the others then end by {@link RanksException}.
 */
public final class RankedEngine implements StudentEngine {
  private final StudentEngine engine;
  private final Communicator ranks;

  /**
   * Both are this engine's from here on, and closed with it.
   *
   * @param engine made for the same request in every rank, by the same provider
   */
  public RankedEngine(StudentEngine engine, Communicator ranks) {
    this.engine = engine;
    this.ranks = ranks;
  }

  @Override
  public Rank rank() {
    return ranks.rank();
  }

  @Override
  public void update(float rate, float momentum, float weightDecay) {
    profile().time("gradients averaged", 0, () -> ranks.average(engine.gradient()));
    engine.update(rate, momentum, weightDecay);
  }

  @Override
  public NegativeQueue negatives(int capacity, int dimension, long seed) {
    return new RankedQueue(engine.negatives(capacity, dimension, seed), ranks);
  }

  @Override
  public int inputSize() {
    return engine.inputSize();
  }

  @Override
  public int featureDimension() {
    return engine.featureDimension();
  }

  @Override
  public int embeddingDimension() {
    return engine.embeddingDimension();
  }

  @Override
  public long parameterCount() {
    return engine.parameterCount();
  }

  @Override
  public float[] forward(byte[] pixels, int batch) {
    return engine.forward(pixels, batch);
  }

  @Override
  public void backward(float[] outputGradient) {
    engine.backward(outputGradient);
  }

  @Override
  public FlatVector gradient() {
    return engine.gradient();
  }

  @Override
  public float[] embed(byte[] pixels, int batch) {
    return engine.embed(pixels, batch);
  }

  @Override
  public float[] features(byte[] pixels, int batch) {
    return engine.features(pixels, batch);
  }

  @Override
  public StateDict state() {
    return engine.state();
  }

  @Override
  public void load(StateDict state) {
    engine.load(state);
  }

  @Override
  public StateDict velocities() {
    return engine.velocities();
  }

  @Override
  public void loadVelocities(StateDict velocities) {
    engine.loadVelocities(velocities);
  }

  @Override
  public MomentumEncoder momentumEncoder() {
    return engine.momentumEncoder();
  }

  @Override
  public StepProfile profile() {
    return engine.profile();
  }

  @Override
  public long devicePeakBytes() {
    return engine.devicePeakBytes();
  }

  @Override
  public void close() {
    try (engine) {
      ranks.close();
    }
  }
}
