package io.bagpipe.model.engine.nd4j;

import io.bagpipe.model.engine.graph.StoredParameter;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A parameter that lies as PyTorch has it, or with its axes in another order. */
record Permuted(long[] shape, int[] order) implements StoredParameter {
  static Permuted plain(long... shape) {
    int[] order = new int[shape.length];
    Arrays.setAll(order, i -> i);
    return new Permuted(shape, order);
  }

  @Override
  public long size() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The stored vector with its own axes. */
  INDArray shaped(INDArray stored) {
    long[] own = new long[shape.length];
    Arrays.setAll(own, i -> shape[order[i]]);
    return stored.reshape('c', own);
  }

  @Override
  public void store(float[] values, INDArray stored) {
    INDArray given = Nd4j.createFromArray(values).reshape('c', shape);
    shaped(stored).assign(given.permute(order));
  }

  @Override
  public float[] plain(INDArray stored) {
    int[] back = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      back[order[i]] = i;
    }
    return shaped(stored).permute(back).dup('c').reshape(size()).toFloatVector();
  }
}
