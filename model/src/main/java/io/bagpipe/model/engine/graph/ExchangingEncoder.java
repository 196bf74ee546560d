package io.bagpipe.model.engine.graph;

import io.bagpipe.model.engine.MomentumEncoder;
import io.bagpipe.model.network.StateDict;

/**
 * A momentum encoder whose weights take the student's place in the graph for the length of a call:
 * copies within memory, in the kernels' layout. Confined to the training thread.
 */
final class ExchangingEncoder implements MomentumEncoder {
  private final GraphStudentEngine engine;
  private final Weights weights;

  /** Takes ownership of the weights. */
  ExchangingEncoder(GraphStudentEngine engine, Weights weights) {
    this.engine = engine;
    this.weights = weights;
  }

  @Override
  public void follow(float momentum) {
    MomentumEncoder.requireMomentum(momentum);
    weights.follow(momentum);
  }

  @Override
  public float[] forward(byte[] pixels, int batch) {
    engine.exchange(weights);
    try {
      return engine.forward(pixels, batch);
    } finally {
      engine.exchange(weights);
    }
  }

  @Override
  public StateDict state() {
    engine.exchange(weights);
    try {
      return engine.state();
    } finally {
      engine.exchange(weights);
    }
  }

  @Override
  public void load(StateDict state) {
    engine.exchange(weights);
    try {
      engine.load(state);
    } finally {
      engine.exchange(weights);
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
