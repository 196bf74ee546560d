package io.bagpipe.model.engine.torch;

import static org.bytedeco.pytorch.global.torch.set_num_threads;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngineProvider;
import java.util.List;
import java.util.Optional;

/**
 * {@code torch}: libtorch, on CPUs and on NVIDIA GPUs of compute capability 7.5 and later. On a CPU
 * {@code auto} takes it last.
 */
public final class TorchProvider implements StudentEngineProvider {
  private static final String MISSING =
      "this build has none of libtorch's native libraries; build with -Ptorch for CPUs or -Pgpu for"
          + " NVIDIA GPUs (BAGPIPE_MAVEN_OPTS takes it for ./bagpipe)";

  @Override
  public String name() {
    return "torch";
  }

  @Override
  public int priority(Device device) {
    return onCuda(device) ? 30 : 5;
  }

  /** Whether who asks for this device is computed on a GPU. */
  public static boolean onCuda(Device device) {
    return device.allows(Device.Kind.CUDA)
        && TorchLibrary.build() == TorchLibrary.Build.CUDA
        && TorchGpus.obstacle(device).isEmpty();
  }

  @Override
  public Optional<String> obstacle(Device device) {
    return obstacle(TorchLibrary.build(), device);
  }

  static Optional<String> obstacle(TorchLibrary.Build build, Device device) {
    return switch (build) {
      case NONE -> Optional.of(MISSING);
      case CPU ->
          device.allows(Device.Kind.CPU)
              ? Optional.empty()
              : Optional.of(
                  "device "
                      + device
                      + ", and this build has libtorch for CPUs; build with -Pgpu, or take device"
                      + " auto or cpu");
      case CUDA -> device.allows(Device.Kind.CPU) ? Optional.empty() : TorchGpus.obstacle(device);
    };
  }

  @Override
  public List<String> precisions(Device device) {
    return Precision.on(onCuda(device));
  }

  @Override
  public StudentEngine create(EngineRequest request, EngineOptions options) {
    boolean cuda = onCuda(options.device());
    Device device = cuda ? new Device(Device.Kind.CUDA, options.device().index()) : Device.CPU;
    Precision precision = Precision.of(options.precision());
    TorchProcess claim = TorchProcess.claim(device, precision, "student");
    try {
      set_num_threads(options.cores());
      return new TorchStudentEngine(request, device, precision, claim);
    } catch (RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }
}
