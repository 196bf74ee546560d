package io.bagpipe.model.engine.torch;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.nativelib.NvidiaGpus;
import io.bagpipe.model.nativelib.NvidiaGpus.Gpu;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Which GPUs libtorch's CUDA 13 build can use, as the driver's tool tells; loads nothing. */
public final class TorchGpus {
  /** The oldest that it has machine code for, times ten. */
  static final int CAPABILITY_FLOOR = 75;

  /** The first driver that runs CUDA 13 programs. */
  static final int DRIVER_FLOOR = 580;

  private static final String CURE = "; take device cpu, or auto";

  private TorchGpus() {}

  /** Why there is no such GPU, or none that it can use, in words that end with what to do. */
  static Optional<String> obstacle(Device device) {
    try {
      Optional<List<Gpu>> gpus = NvidiaGpus.ask();
      // without the driver's tool nothing is known yet: who asks for a GPU by name gets libtorch's
      // word
      return gpus.isEmpty() && device.kind() == Device.Kind.CUDA
          ? Optional.empty()
          : obstacle(device, gpus.orElse(List.of()));
    } catch (IOException e) {
      return Optional.of("the driver fails: " + e.getMessage() + CURE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted while asking nvidia-smi");
    }
  }

  static Optional<String> obstacle(Device device, List<Gpu> gpus) {
    if (gpus.isEmpty()) {
      return Optional.of("there is no NVIDIA GPU here (nvidia-smi finds none)" + CURE);
    }
    if (device.index() >= gpus.size()) {
      return Optional.of(
          "device " + device + ", and nvidia-smi finds " + gpus.size() + " GPUs, from 0" + CURE);
    }
    return refusal(gpus.get(device.index())).map(why -> why + CURE);
  }

  /** Why it cannot use this one; empty where it can. */
  public static Optional<String> refusal(Gpu gpu) {
    if (gpu.capability() < CAPABILITY_FLOOR) {
      return Optional.of(
          gpu.described() + " is older than libtorch's machine code, which is from sm_75 on");
    }
    int driver = gpu.driverMajor();
    return driver >= 0 && driver < DRIVER_FLOOR
        ? Optional.of(gpu.described() + " needs driver " + DRIVER_FLOOR + " or later for CUDA 13")
        : Optional.empty();
  }
}
