package io.bagpipe.model.engine.graph;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.FlatVector;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An array of ND4J's in main memory as a flat vector; the array stays its owner. */
public final class HostVector implements FlatVector {
  private final INDArray array;
  private final FloatBuffer values;

  public HostVector(INDArray array) {
    this.array = array;
    this.values = HostArrays.floats(array).asByteBuffer().asFloatBuffer();
  }

  @Override
  public long length() {
    return array.length();
  }

  @Override
  public long address() {
    return HostArrays.address(array);
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  /** With a position and limit of its own each time. */
  @Override
  public FloatBuffer values() {
    return values.duplicate();
  }
}
