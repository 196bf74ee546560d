package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.graph.HostArrays;
import io.bagpipe.model.engine.graph.StoredParameter;
import io.bagpipe.model.nativelib.OneDnn;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A parameter in a layout of oneDNN's choice. */
final class OneDnnParameter implements StoredParameter {
  private final OneDnn oneDnn;
  private final memory.desc plain;
  private final memory.desc stored;

  OneDnnParameter(OneDnn oneDnn, memory.desc plain, memory.desc stored) {
    this.oneDnn = oneDnn;
    this.plain = plain;
    this.stored = stored;
  }

  @Override
  public long size() {
    return stored.get_size() / Float.BYTES;
  }

  @Override
  public void store(float[] values, INDArray array) {
    try (FloatPointer copy = new FloatPointer(values);
        memory from = new memory(plain, oneDnn.engine(), copy);
        memory to = new memory(stored, oneDnn.engine(), HostArrays.floats(array))) {
      oneDnn.copy(from, to);
    }
  }

  @Override
  public float[] plain(INDArray array) {
    float[] values = new float[Math.toIntExact(plain.get_size() / Float.BYTES)];
    try (FloatPointer copy = new FloatPointer(values.length);
        memory from = new memory(stored, oneDnn.engine(), HostArrays.floats(array));
        memory to = new memory(plain, oneDnn.engine(), copy)) {
      oneDnn.copy(from, to);
      copy.get(values);
    }
    return values;
  }
}
