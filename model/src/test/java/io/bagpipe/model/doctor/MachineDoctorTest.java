package io.bagpipe.model.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.doctor.Finding.Severity;
import io.bagpipe.model.nativelib.NvidiaGpus;
import io.bagpipe.model.nativelib.NvidiaGpus.Gpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineDoctorTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;

  @Test
  void aMachineThatRunsTheseTestsIsUsable() throws InterruptedException {
    List<Finding> findings =
        MachineDoctor.examine(Map.of("OMP_WAIT_POLICY", "PASSIVE"), Duration.ofMillis(50));

    assertThat(findings)
        .extracting(Finding::name)
        .contains(
            "Java",
            "CPU flags",
            "threads",
            "memory",
            "GPU",
            "ND4J",
            "oneDNN",
            "ONNX Runtime",
            "engines",
            "teacher engines",
            "speed");
    assertThat(findings).noneMatch(finding -> finding.severity() == Severity.ESSENTIAL);
    assertThat(value(findings, "oneDNN")).matches("3\\.\\d+\\.\\d+, code for .*");
    assertThat(value(findings, "ND4J"))
        .startsWith("1.0.0-M2.1, CpuBackend")
        .contains("BLAS OPENBLAS");
    assertThat(value(findings, "ONNX Runtime")).startsWith("1.");
    assertThat(value(findings, "speed")).matches("[1-9]\\d* GFLOP/s .*");
  }

  @Test
  void aLibraryThatDoesNotLoadIsAFindingWithACure() {
    Finding finding =
        MachineDoctor.guarded(
            "oneDNN",
            () -> {
              NoClassDefFoundError error = new NoClassDefFoundError("first");
              error.initCause(
                  new UnsatisfiedLinkError("libgomp.so.1:\n cannot open shared object file"));
              throw error;
            });

    assertThat(finding.severity()).isEqualTo(Severity.ESSENTIAL);
    assertThat(finding.value())
        .isEqualTo(
            "cannot be used: UnsatisfiedLinkError: libgomp.so.1: cannot open shared object file");
    assertThat(finding.cure()).contains("libgomp1");
  }

  @ParameterizedTest
  @CsvSource({
    "3.5, false",
    "3.7, true",
    "5.3, true",
    "7.2, true",
    "7.5, true",
    "8.0, true",
    "8.6, true",
    "8.9, true",
    "9.0, false",
    "10.0, false",
    "12.0, false"
  })
  void theCudaBuildRunsWhereItHasMachineCode(String capability, boolean supported)
      throws IOException {
    Gpu gpu = NvidiaGpus.parse("NVIDIA X, " + capability + ", 550.54.15").get(0);

    assertThat(gpu.supported()).isEqualTo(supported);
    assertThat(Gpus.finding(gpu, true).severity())
        .isEqualTo(supported ? Severity.GOOD : Severity.ESSENTIAL);
  }

  @Test
  void aGpuTooNewGetsAClearSentence() throws IOException {
    Gpu hopper = NvidiaGpus.parse("NVIDIA H100 80GB HBM3, 9.0, 535.104.05\n").get(0);

    Finding finding = Gpus.finding(hopper, false);

    assertThat(finding.severity()).isEqualTo(Severity.GOOD);
    assertThat(finding.value())
        .isEqualTo(
            "NVIDIA H100 80GB HBM3 (sm_90, driver 535.104.05) cannot be used: ND4J's CUDA 11.6"
                + " build has machine code for sm_37 to sm_86 and no PTX, and this GPU is newer;"
                + " the student runs on the CPU");
    assertThat(Gpus.finding(hopper, true).cure()).contains("without -Pcuda");
  }

  @Test
  void aGpuOfUseSaysHowToGetIt() throws IOException {
    List<Gpu> gpus =
        NvidiaGpus.parse("NVIDIA A100-SXM4-80GB, 8.0, 550.1\nTesla T4, 7.5, 418.87.00");

    assertThat(Gpus.finding(gpus.get(0), false).cure()).contains("build with -Pcuda");
    assertThat(Gpus.finding(gpus.get(1), true).value()).contains("driver too old");
  }

  @Test
  void aDriverThatTalksNonsenseIsNoGpu() {
    assertThatThrownBy(
            () -> NvidiaGpus.parse("NVIDIA-SMI has failed because it couldn't communicate"))
        .hasMessageContaining("nvidia-smi says: NVIDIA-SMI has failed");
  }

  @Test
  void theTightestGroupOfTheContainerCounts() throws IOException {
    Path root = folder.resolve("cgroup");
    Path group = Files.createDirectories(root.resolve("a/b"));
    Files.writeString(root.resolve("memory.max"), "max\n");
    Files.writeString(root.resolve("a/memory.max"), "2147483648\n");
    Files.writeString(group.resolve("memory.max"), "4294967296\n");
    Path membership = Files.writeString(folder.resolve("self"), "0::/a/b\n");
    Path old = Files.writeString(folder.resolve("old"), "5:cpu:/x\n9:memory:/y\n");
    Files.createDirectories(root.resolve("memory/y"));
    Files.writeString(root.resolve("memory/memory.limit_in_bytes"), "9223372036854771712\n");
    Files.writeString(root.resolve("memory/y/memory.limit_in_bytes"), "1073741824\n");

    Path mounts =
        Files.writeString(
            folder.resolve("mounts"),
            "proc /proc proc rw 0 0\ncgroup2 "
                + root
                + " cgroup2 rw,nosuid 0 0\ncgroup "
                + root.resolve("memory")
                + " cgroup rw,memory 0 0\n");

    assertThat(Memory.cgroupLimit(membership, mounts)).isEqualTo(2 * GIB);
    assertThat(Memory.cgroupLimit(old, mounts)).isEqualTo(GIB);
    assertThat(Memory.cgroupLimit(folder.resolve("none"), mounts)).isZero();
    Path outside = Files.writeString(folder.resolve("outside"), "0::/../../..\n");
    assertThat(Memory.cgroupLimit(outside, mounts)).isZero();
  }

  @Test
  void memoryThatMayRunOutIsSaid() {
    Memory good = new Memory(16 * GIB, 8 * GIB, GIB, GIB, 0, 6 * GIB);
    Memory overcommitted = new Memory(16 * GIB, 8 * GIB, GIB, GIB, 0, 12 * GIB);
    Memory little = new Memory(16 * GIB, 2 * GIB, GIB, GIB, 0, GIB);
    Memory unlimited = new Memory(16 * GIB, 0, GIB, GIB, 0, 0);

    assertThat(good.finding().severity()).isEqualTo(Severity.GOOD);
    assertThat(good.finding().value()).contains("container limit 8.0 GiB, heap 1.0 GiB");
    assertThat(overcommitted.finding().cure()).contains("may outgrow");
    assertThat(little.finding().cure()).contains("is little");
    assertThat(unlimited.finding().cure()).contains("no limit");
  }

  @Test
  void anOldProcessorAndSpinningThreadsAreSaid() {
    assertThat(Host.cpu(Set.of("sse4_2", "avx")).severity()).isEqualTo(Severity.WARNING);
    assertThat(Host.cpu(Set.of("avx2", "fma", "tsc")).value()).isEqualTo("avx2 fma");
    assertThat(Host.threads(4, Map.of()).cure()).contains("GOMP_SPINCOUNT=10000");
    assertThat(Host.threads(4, Map.of("GOMP_SPINCOUNT", "10000")).severity())
        .isEqualTo(Severity.GOOD);
    assertThat(Host.threads(4, Map.of("GOMP_SPINCOUNT", "300000")).severity())
        .isEqualTo(Severity.WARNING);
    assertThat(
            Host.threads(4, Map.of("GOMP_SPINCOUNT", "10000", "OMP_WAIT_POLICY", "ACTIVE"))
                .severity())
        .isEqualTo(Severity.WARNING);
    assertThat(Host.threads(4, Map.of("OMP_WAIT_POLICY", "passive")).severity())
        .isEqualTo(Severity.GOOD);
    assertThat(Host.system("Mac OS X", "aarch64").severity()).isEqualTo(Severity.ESSENTIAL);
  }

  private static String value(List<Finding> findings, String name) {
    return findings.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow().value();
  }
}
