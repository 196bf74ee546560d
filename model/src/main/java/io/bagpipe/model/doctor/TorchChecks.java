package io.bagpipe.model.doctor;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.torch.Precision;
import io.bagpipe.model.engine.torch.TorchLibrary;
import io.bagpipe.model.engine.torch.TorchProvider;
import io.bagpipe.model.engine.torch.TorchSpeed;
import io.bagpipe.model.nativelib.SharedLibraries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether libtorch's build for GPUs has what it needs of this machine, and what it does there. */
final class TorchChecks {
  private static final String LIBRARIES = "CUDA libraries";
  private static final String SPEED = "GPU speed";
  private static final String DRIVER = "libcuda.so.1";

  private TorchChecks() {}

  /**
   * Of a build with {@code -Pgpu}; nothing is to be said of others.
   *
   * @param speedCheck how long to measure in a precision; zero leaves it out
   */
  static List<Finding> findings(Duration speedCheck) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    if (TorchLibrary.build() == TorchLibrary.Build.CUDA) {
      // not of a device that is asked for by name, which is believed where nvidia-smi is missing
      boolean gpu = TorchProvider.onCuda(Device.AUTO);
      List<String> wanted = new ArrayList<>(TorchLibrary.CUDA_LIBRARIES);
      if (gpu) {
        wanted.add(DRIVER);
      }
      List<String> missing = SharedLibraries.missing(wanted);
      findings.add(libraries(wanted.size(), missing, gpu));
      if (gpu && missing.isEmpty() && !speedCheck.isZero()) {
        findings.add(speed(Device.of("cuda"), speedCheck.dividedBy(2)));
      }
    }
    return findings;
  }

  /** Without a GPU the engine is not taken, so that nothing stops for want of them. */
  static Finding libraries(int wanted, List<String> missing, boolean gpu) {
    if (missing.isEmpty()) {
      return Finding.good(LIBRARIES, "all " + wanted + " that libtorch needs are found");
    }
    String value = "engine torch cannot be loaded, for want of " + String.join(", ", missing);
    String cure =
        missing.equals(List.of(DRIVER))
            ? "install NVIDIA's driver, or give the container the GPU (--gpus all)"
            : "install the runtime libraries of CUDA 13 (with CUPTI), cuDNN 9 and NCCL 2, and put"
                + " their folders into LD_LIBRARY_PATH";
    return gpu
        ? Finding.essential(
            LIBRARIES, value, cure + "; or set student.engine and teacher.engine to others")
        : Finding.warning(LIBRARIES, value, cure);
  }

  /** Products in float32 and bf16, half the time each. */
  static Finding speed(Device device, Duration each) {
    try {
      double single = TorchSpeed.gigaflops(device, Precision.FLOAT32, each);
      double half = TorchSpeed.gigaflops(device, Precision.BF16, each);
      return Finding.good(
          SPEED,
          String.format(
              Locale.ROOT,
              "%s, libtorch: %.2f TFLOP/s in float32, %.2f in bf16 (matrix product, warm)",
              device,
              single / 1000,
              half / 1000));
    } catch (IllegalStateException | IllegalArgumentException e) {
      return Finding.essential(
          SPEED, device + ": " + e.getMessage(), "set student.engine and teacher.engine to others");
    } catch (OutOfMemoryError e) {
      return Finding.warning(SPEED, String.valueOf(e.getMessage()), "see nvidia-smi");
    }
  }
}
