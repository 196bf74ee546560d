package io.bagpipe.model.doctor;

import io.bagpipe.model.engine.torch.TorchGpus;
import io.bagpipe.model.engine.torch.TorchLibrary.Build;
import io.bagpipe.model.nativelib.NvidiaGpus;
import io.bagpipe.model.nativelib.NvidiaGpus.Gpu;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is to be said of the GPUs here: whether libtorch's build for GPUs or ND4J's could use them,
 * and whether this build of Bagpipe has either.
 *
 * @param nd4j whether it has ND4J's CUDA backend
 * @param torch which libtorch it has
 */
record Gpus(boolean nd4j, Build torch) {
  private static final String NAME = "GPU";

  /** Asks the driver. */
  List<Finding> findings() throws InterruptedException {
    try {
      Optional<List<Gpu>> gpus = NvidiaGpus.ask();
      return gpus.isEmpty() || gpus.get().isEmpty()
          ? List.of(none(gpus.isEmpty() ? "none (no nvidia-smi here)" : "none"))
          : gpus.get().stream().map(this::finding).toList();
    } catch (IOException e) {
      String value = String.valueOf(e.getMessage());
      return List.of(
          nd4j
              ? Finding.essential(NAME, value, "mend the driver, or " + NvidiaGpus.CURE)
              : Finding.warning(
                  NAME,
                  value + "; the student runs on the CPU",
                  "mend the driver, or do without the GPU"));
    }
  }

  Finding none(String value) {
    return nd4j
        ? Finding.essential(NAME, value + ", and this is a CUDA build", NvidiaGpus.CURE)
        : Finding.good(
            NAME,
            value
                + (torch == Build.CUDA ? ", and this build is for one" : "")
                + "; the student runs on the CPU");
  }

  Finding finding(Gpu gpu) {
    return nd4j ? underNd4j(gpu) : underTorch(gpu);
  }

  private static Finding underNd4j(Gpu gpu) {
    if (!gpu.supported()) {
      return Finding.essential(NAME, gpu.refusal(), NvidiaGpus.CURE);
    }
    return gpu.driverTooOld()
        ? Finding.warning(
            NAME,
            gpu.described() + " has a driver too old for CUDA " + NvidiaGpus.CUDA,
            "install driver " + NvidiaGpus.DRIVER_FLOOR + " or later")
        : Finding.good(NAME, gpu.described() + ", in use by this build");
  }

  private Finding underTorch(Gpu gpu) {
    Optional<String> refusal = TorchGpus.refusal(gpu);
    if (refusal.isEmpty()) {
      return torch == Build.CUDA
          ? Finding.good(NAME, gpu.described() + ", for engine torch")
          : Finding.warning(
              NAME,
              gpu.described() + " could be used, but this build is for the CPU",
              "build with -Pgpu (460 MB of libtorch; CUDA 13, cuDNN 9 and NCCL 2 are the machine's)");
    }
    if (torch != Build.CUDA && gpu.supported() && !gpu.driverTooOld()) {
      return Finding.warning(
          NAME,
          refusal.get() + "; ND4J could use it, but this build is for the CPU",
          "build with -Pcuda (brings 3 GB of ND4J's and CUDA " + NvidiaGpus.CUDA + " libraries)");
    }
    return Finding.good(NAME, refusal.get() + "; the student runs on the CPU");
  }
}
