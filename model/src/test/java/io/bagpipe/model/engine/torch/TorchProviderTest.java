package io.bagpipe.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.torch.TorchLibrary.Build;
import io.bagpipe.model.nativelib.NvidiaGpus.Gpu;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TorchProviderTest {
  private static final Device CUDA = Device.of("cuda");

  private static Optional<String> on(Device device, int capability, String driver) {
    return TorchGpus.obstacle(device, List.of(new Gpu("NVIDIA X", capability, driver, 81559)));
  }

  @Test
  void saysWhichNativesAreMissingAndHowToGetThem() {
    assertThat(TorchProvider.obstacle(Build.NONE, Device.AUTO))
        .hasValue(
            "this build has none of libtorch's native libraries; build with -Ptorch for CPUs or"
                + " -Pgpu for NVIDIA GPUs (BAGPIPE_MAVEN_OPTS takes it for ./bagpipe)");
    assertThat(TorchProvider.obstacle(Build.CPU, CUDA))
        .hasValue(
            "device cuda, and this build has libtorch for CPUs; build with -Pgpu, or take device"
                + " auto or cpu");
    for (Device device : List.of(Device.CPU, Device.AUTO)) {
      assertThat(TorchProvider.obstacle(Build.CPU, device)).isEmpty();
      assertThat(TorchProvider.obstacle(Build.CUDA, device)).isEmpty();
    }
  }

  @Test
  void takesTheGpusThatLibtorchHasCodeForUnderADriverOfItsCuda() {
    assertThat(on(CUDA, 90, "580.65.06")).isEmpty();
    assertThat(on(CUDA, 75, "590.1")).isEmpty();
    assertThat(on(CUDA, 120, "unknown")).isEmpty();
    assertThat(on(CUDA, 70, "580.65.06").orElseThrow())
        .contains("NVIDIA X (sm_70")
        .contains("from sm_75 on");
    assertThat(on(CUDA, 90, "570.1").orElseThrow()).contains("needs driver 580");
    assertThat(on(Device.of("cuda:1"), 90, "580.1").orElseThrow())
        .contains("nvidia-smi finds 1 GPU");
    assertThat(TorchGpus.obstacle(CUDA, List.of()).orElseThrow()).contains("no NVIDIA GPU here");
  }

  @Test
  void findsTheNativesThatTheTestsHave() {
    assertThat(TorchLibrary.build()).isNotEqualTo(Build.NONE);
  }
}
