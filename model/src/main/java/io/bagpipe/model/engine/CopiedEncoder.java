package io.bagpipe.model.engine;

import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import java.util.List;

/**
 * A momentum encoder for any engine: keeps its weights as a copy, which takes the student's place
 * in the engine for the length of a pass. An engine that can change them in place is faster.
 */
final class CopiedEncoder implements MomentumEncoder {
  private final StudentEngine engine;
  private final List<String> trained;
  private StateDict own;

  CopiedEncoder(StudentEngine engine) {
    this.engine = engine;
    // velocities are named as what is trained, and as nothing else
    this.trained = engine.velocities().tensors().stream().map(Tensor::name).toList();
    this.own = engine.state();
  }

  @Override
  public void follow(float momentum) {
    MomentumEncoder.requireMomentum(momentum);
    StateDict student = engine.state();
    for (String name : trained) {
      float[] to = student.get(name).data();
      float[] average = own.get(name).data();
      for (int i = 0; i < average.length; i++) {
        average[i] = momentum * average[i] + (1 - momentum) * to[i];
      }
    }
  }

  @Override
  public float[] forward(byte[] pixels, int batch) {
    StateDict student = engine.state();
    try {
      engine.load(own);
      float[] outputs = engine.forward(pixels, batch);
      own = engine.state();
      return outputs;
    } finally {
      engine.load(student);
    }
  }

  @Override
  public StateDict state() {
    StateDict copy = new StateDict();
    for (Tensor tensor : own.tensors()) {
      copy.put(new Tensor(tensor.name(), tensor.shape(), tensor.data().clone()));
    }
    return copy;
  }

  @Override
  public void load(StateDict state) {
    StateDict student = engine.state();
    try {
      engine.load(state); // which refuses what is not this network's
      own = engine.state();
    } finally {
      engine.load(student);
    }
  }

  @Override
  public void close() {
    // nothing native
  }
}
