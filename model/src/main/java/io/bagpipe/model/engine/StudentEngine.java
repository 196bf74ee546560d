package io.bagpipe.model.engine;

import io.bagpipe.model.network.StateDict;

/**
 * Runs and trains one student network. Confined to the training thread; whoever makes it closes it
 * there. Images come as uint8 [batch, size, size, 3], colours together; the engine normalises them
 * with the mean and deviation that it was made with, on its device. One pass is forward, then
 * backward of the same batch; several passes add up their gradients until {@link #update}.
 */
public interface StudentEngine extends AutoCloseable {
  /** Side of the input, pixels. */
  int inputSize();

  /** Values of a pooled feature, before the head. */
  int featureDimension();

  /** Values of an embedding, after the head. */
  int embeddingDimension();

  /** Parameters, running statistics aside. */
  long parameterCount();

  /**
   * A training forward pass: batch norm uses this batch's statistics and updates the running ones.
   *
   * @param pixels uint8 [batch, size, size, 3]; more after that is left alone
   * @param batch images; the number the engine was made for
   * @return [batch, embeddingDimension], not normalised; the caller's own
   */
  float[] forward(byte[] pixels, int batch);

  /**
   * Adds the gradients of the last forward pass, given the loss's gradient of its output.
   *
   * @param outputGradient [batch, embeddingDimension]
   * @throws IllegalStateException unless a training forward pass was the last thing this engine did
   */
  void backward(float[] outputGradient);

  /**
   * The gradients summed since the last update, in place: what is written there is what {@link
   * #update} will use, so this is the vector that several ranks average. Complete once {@link
   * #backward} has returned, zero after an update. The vector stays the engine's and is the same
   * object until the engine closes.
   *
   * @throws UnsupportedOperationException where the engine's memory cannot be had in place (ND4J's
   *     CUDA build)
   */
  FlatVector gradient();

  /**
   * One step of SGD as PyTorch does it (velocity = momentum · velocity + gradient + weightDecay ·
   * parameter; parameter -= rate · velocity) on all parameters, and clears the gradients.
   */
  void update(float rate, float momentum, float weightDecay);

  /**
   * Evaluation mode, running statistics: [batch, embeddingDimension], not normalised.
   *
   * @param pixels uint8 [batch, size, size, 3], of any number of images; no image's result depends
   *     on another's
   */
  float[] embed(byte[] pixels, int batch);

  /**
   * Evaluation mode, running statistics: [batch, featureDimension], not normalised.
   *
   * @param pixels as of {@link #embed}
   */
  float[] features(byte[] pixels, int batch);

  /** A copy of parameters and running statistics, as torchvision names and lays them. */
  StateDict state();

  /**
   * Replaces parameters and running statistics; a missing name or a wrong shape names the tensor.
   */
  void load(StateDict state);

  /** A copy of the optimiser's velocities, named as their parameters. */
  StateDict velocities();

  /** Replaces the velocities; a missing name or a wrong shape names the tensor. */
  void loadVelocities(StateDict velocities);

  /**
   * A new queue of negatives where this engine's device has it best, of {@link #embeddingDimension}
   * values a row. The caller's: it closes it, before the engine.
   *
   * @param capacity rows, 2 or more
   * @param seed draws the rows that it starts with; the same in every engine
   */
  default NegativeQueue negatives(int capacity, long seed) {
    return negatives(capacity, embeddingDimension(), seed);
  }

  /**
   * A new queue of rows of any length, otherwise as {@link #negatives(int, long)}: of rows that
   * hold a teacher's and a student's embedding side by side, for instance.
   *
   * @param dimension values of a row
   */
  NegativeQueue negatives(int capacity, int dimension, long seed);

  /**
   * A second set of weights that follows the student's, beginning as a copy of them. The caller's:
   * it closes it, before the engine.
   */
  default MomentumEncoder momentumEncoder() {
    return new CopiedEncoder(this);
  }

  /** Whose batches, with those of the others, make one step. */
  default Rank rank() {
    return Rank.ALONE;
  }

  /** Where the time goes, once it is switched on; stays empty where an engine does not count. */
  StepProfile profile();

  /**
   * The most bytes that the engine's library had in use on its GPU since the process began; 0 where
   * it computes in the host's memory, or does not tell.
   */
  default long devicePeakBytes() {
    return 0;
  }

  @Override
  void close();
}
