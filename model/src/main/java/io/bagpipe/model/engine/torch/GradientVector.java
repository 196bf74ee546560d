package io.bagpipe.model.engine.torch;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.FlatVector;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;

/** The gradients' vector, seen from outside; {@link FlatParameters} stays its owner. */
final class GradientVector implements FlatVector {
  private final Tensor gradients;
  private final long length;
  private final Device device;

  GradientVector(FlatParameters parameters, Device device) {
    this.gradients = parameters.gradients();
    this.length = parameters.length();
    this.device = device;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public long address() {
    return gradients.data_ptr().address();
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public FloatBuffer values() {
    if (device.kind() != Device.Kind.CPU) {
      throw new UnsupportedOperationException("the gradients lie on " + device);
    }
    FloatPointer values = gradients.data_ptr_float();
    return values.capacity(length).asByteBuffer().asFloatBuffer();
  }
}
