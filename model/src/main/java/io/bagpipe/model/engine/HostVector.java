package io.bagpipe.model.engine;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An array of ND4J's as a flat vector: in main memory with ND4J's CPU backend. */
final class HostVector implements FlatVector {
  private final INDArray array;

  HostVector(INDArray array) {
    this.array = array;
  }

  @Override
  public long length() {
    return array.length();
  }

  @Override
  public long address() {
    return OneDnn.address(array);
  }

  @Override
  public Device device() {
    return NvidiaGpus.isCudaBuild() ? new Device(Device.Kind.CUDA, 0) : Device.CPU;
  }

  @Override
  public FloatBuffer values() {
    if (NvidiaGpus.isCudaBuild()) {
      throw new UnsupportedOperationException("the vector lies on " + device());
    }
    return OneDnn.floats(array).asByteBuffer().asFloatBuffer();
  }
}
