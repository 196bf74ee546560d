package io.bagpipe.model.doctor;

import io.bagpipe.model.nativelib.NvidiaGpus;
import io.bagpipe.model.nativelib.NvidiaGpus.Gpu;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What is to be said of the GPUs here, in a build for the CPU and in one for CUDA. */
final class Gpus {
  private static final String NAME = "GPU";

  private Gpus() {}

  /**
   * Asks the driver.
   *
   * @param cudaBuild whether this build of Bagpipe has ND4J's CUDA backend
   */
  static List<Finding> findings(boolean cudaBuild) throws InterruptedException {
    try {
      Optional<List<Gpu>> gpus = NvidiaGpus.ask();
      return gpus.isEmpty() || gpus.get().isEmpty()
          ? List.of(none(gpus.isEmpty() ? "none (no nvidia-smi here)" : "none", cudaBuild))
          : gpus.get().stream().map(gpu -> finding(gpu, cudaBuild)).toList();
    } catch (IOException e) {
      String value = String.valueOf(e.getMessage());
      return List.of(
          cudaBuild
              ? Finding.essential(NAME, value, "mend the driver, or " + NvidiaGpus.CURE)
              : Finding.warning(
                  NAME,
                  value + "; the student runs on the CPU",
                  "mend the driver, or do without the GPU"));
    }
  }

  static Finding none(String value, boolean cudaBuild) {
    return cudaBuild
        ? Finding.essential(NAME, value + ", and this is a CUDA build", NvidiaGpus.CURE)
        : Finding.good(NAME, value + "; the student runs on the CPU");
  }

  static Finding finding(Gpu gpu, boolean cudaBuild) {
    if (!gpu.supported()) {
      return cudaBuild
          ? Finding.essential(NAME, gpu.refusal(), NvidiaGpus.CURE)
          : Finding.good(NAME, gpu.refusal() + "; the student runs on the CPU");
    }
    if (gpu.driverTooOld()) {
      return Finding.warning(
          NAME,
          gpu.described() + " has a driver too old for CUDA " + NvidiaGpus.CUDA,
          "install driver " + NvidiaGpus.DRIVER_FLOOR + " or later");
    }
    return cudaBuild
        ? Finding.good(NAME, gpu.described() + ", in use by this build")
        : Finding.warning(
            NAME,
            gpu.described() + " could be used, but this build is for the CPU",
            "build with -Pcuda (brings 3 GB of ND4J's and CUDA " + NvidiaGpus.CUDA + " libraries)");
  }
}
