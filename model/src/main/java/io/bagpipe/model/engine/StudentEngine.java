package io.bagpipe.model.engine;

import io.bagpipe.model.network.StateDict;

/**
 * Runs and trains one student network. Confined to the training thread; whoever makes it closes it
 * there. Inputs are normalised float32 [batch, size, size, 3] (NHWC). One pass is forward, then
 * backward of the same batch; several passes accumulate their gradients until {@link #update}.
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
   * @param batch images; the number the engine was made for
   * @return [batch, embeddingDimension], not normalised
   */
  float[] forward(float[] input, int batch);

  /**
   * Adds the gradients of the last forward pass, given the loss's gradient of its output.
   *
   * @throws IllegalStateException unless a training forward pass was the last thing this engine did
   */
  void backward(float[] outputGradient);

  /**
   * One step of SGD as PyTorch does it (velocity = momentum · velocity + gradient + weightDecay ·
   * parameter; parameter -= rate · velocity) on all parameters, and clears the gradients.
   */
  void update(float rate, float momentum, float weightDecay);

  /** Evaluation mode, running statistics: [batch, embeddingDimension], not normalised. */
  float[] embed(float[] input, int batch);

  /** Evaluation mode, running statistics: [batch, featureDimension], not normalised. */
  float[] features(float[] input, int batch);

  /** A copy of parameters and running statistics. */
  StateDict state();

  /**
   * Replaces parameters and running statistics; a missing name or a wrong shape names the tensor.
   */
  void load(StateDict state);

  /** A copy of the optimiser's velocities, named as their parameters. */
  StateDict velocities();

  void loadVelocities(StateDict velocities);

  /** Where the time goes, once it is switched on; stays empty where an engine does not count. */
  default StepProfile profile() {
    return new StepProfile();
  }

  @Override
  void close();
}
