package io.bagpipe.model.engine;

import io.bagpipe.model.network.StateDict;

/**
 * A second set of weights for an engine's network that follows the student's (MoCo, section 3.2).
 * It begins as a copy of them, running statistics included, and is changed by its own methods
 * alone. Nothing that it does touches the student's weights, running statistics, velocities or
 * summed gradients; but it uses the engine's memory, so that {@link StudentEngine#backward} may not
 * follow. Confined to the training thread; whoever asked for it closes it there, before its engine.
 */
public interface MomentumEncoder extends AutoCloseable {
  /**
   * Goes towards the student's parameters: own = momentum · own + (1 - momentum) · student's.
   * Running statistics do not follow.
   *
   * @param momentum 0 (a copy) to 1 (stays)
   */
  void follow(float momentum);

  /**
   * @throws IllegalArgumentException unless it is 0 to 1
   */
  static void requireMomentum(float momentum) {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum " + momentum + "; valid: 0 to 1");
    }
  }

  /**
   * A training forward pass with its own weights: batch norm uses this batch's statistics and
   * updates its own running ones.
   *
   * @param pixels uint8 [batch, size, size, 3]
   * @param batch images; the number the engine was made for
   * @return [batch, embeddingDimension], not normalised; the caller's own
   */
  float[] forward(byte[] pixels, int batch);

  /** A copy of its parameters and running statistics, as the engine's {@code state}. */
  StateDict state();

  /**
   * Replaces parameters and running statistics; a missing name or a wrong shape names the tensor.
   */
  void load(StateDict state);

  @Override
  void close();
}
