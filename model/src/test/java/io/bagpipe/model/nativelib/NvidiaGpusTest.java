package io.bagpipe.model.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NvidiaGpusTest {
  @Test
  void aCudaBuildWithoutAGpuSaysWhatToDo() {
    assertThatThrownBy(() -> NvidiaGpus.requireUsable(List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "this is a CUDA build, and there is no NVIDIA GPU here (nvidia-smi finds none); build"
                + " without -Pcuda: the student runs on the CPU then");
  }

  @Test
  void aCudaBuildRefusesAGpuThatItHasNoCodeFor() throws IOException {
    List<NvidiaGpus.Gpu> hopper = NvidiaGpus.parse("NVIDIA H200, 9.0, 570.1, 143771 MiB");

    assertThatThrownBy(() -> NvidiaGpus.requireUsable(hopper))
        .hasMessageStartingWith("NVIDIA H200 (sm_90, 140.4 GiB, driver 570.1) cannot be used")
        .hasMessageContaining("this GPU is newer")
        .hasMessageEndingWith("build without -Pcuda: the student runs on the CPU then");
  }

  @Test
  void aCudaBuildRefusesADriverThatIsTooOld() throws IOException {
    List<NvidiaGpus.Gpu> turing = NvidiaGpus.parse("Tesla T4, 7.5, 418.87.00, 15360 MiB");

    assertThatThrownBy(() -> NvidiaGpus.requireUsable(turing))
        .hasMessageContaining("needs driver 450 or later");
  }

  @Test
  void aCudaBuildTakesTheFirstGpuWhereItHasCodeForIt() throws IOException {
    List<NvidiaGpus.Gpu> two =
        NvidiaGpus.parse("A100, 8.0, 550.1, 81920 MiB\nH200, 9.0, 550.1, [N/A]");

    assertThatCode(() -> NvidiaGpus.requireUsable(two)).doesNotThrowAnyException();
  }

  @Test
  void thisBuildIsForTheCpu() {
    assertThat(NvidiaGpus.isCudaBuild()).isFalse();
  }
}
