package io.bagpipe.model.engine.torch;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;

/**
 * Where the engine's tests compute: the CPU, in every build; {@code -Dbagpipe.torch.device=cuda}
 * takes them to a GPU (tests/gpu/verify.sh).
 */
final class TestDevice {
  static final Device DEVICE = Device.of(System.getProperty("bagpipe.torch.device", "cpu"));

  private TestDevice() {}

  static boolean isCpu() {
    return DEVICE.kind() == Device.Kind.CPU;
  }

  /** The engine there, on one core. */
  static EngineOptions options(String precision) {
    return new EngineOptions("torch", DEVICE, precision, 1);
  }
}
