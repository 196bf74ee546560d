package io.bagpipe.model.engine.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained parameter in the layout its kernel likes best, which may be padded (with zeros, whose
 * gradients are zeros).
 */
public interface StoredParameter {
  /** Values in the flat vector. */
  long size();

  /** Writes values that lie as PyTorch lays them. */
  void store(float[] plain, INDArray stored);

  /** The values as PyTorch lays them, a copy. */
  float[] plain(INDArray stored);
}
