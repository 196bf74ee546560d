package io.bagpipe.model.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.doctor.Finding.Severity;
import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.torch.TorchLibrary.Build;
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
  private static final Gpus NEITHER = new Gpus(false, Build.NONE);
  private static final Gpus TORCH = new Gpus(false, Build.CUDA);
  private static final Gpus ND4J = new Gpus(true, Build.NONE);

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
    Gpu gpu = NvidiaGpus.parse("NVIDIA X, " + capability + ", 550.54.15, 40960 MiB").get(0);

    assertThat(gpu.supported()).isEqualTo(supported);
    assertThat(ND4J.finding(gpu).severity())
        .isEqualTo(supported ? Severity.GOOD : Severity.ESSENTIAL);
  }

  @Test
  void aGpuTooNewGetsAClearSentence() throws IOException {
    Gpu hopper = NvidiaGpus.parse("NVIDIA H100 80GB HBM3, 9.0, 535.104.05, 81559 MiB\n").get(0);

    assertThat(NEITHER.finding(hopper).severity()).isEqualTo(Severity.GOOD);
    assertThat(NEITHER.finding(hopper).value())
        .isEqualTo(
            "NVIDIA H100 80GB HBM3 (sm_90, 79.6 GiB, driver 535.104.05) needs driver 580 or later"
                + " for CUDA 13; the student runs on the CPU");
    assertThat(ND4J.finding(hopper).value())
        .contains("cannot be used: ND4J's CUDA 11.6 build has machine code for sm_37 to sm_86");
    assertThat(ND4J.finding(hopper).cure()).contains("without -Pcuda");
  }

  @Test
  void aGpuOfUseSaysHowToGetIt() throws IOException {
    List<Gpu> gpus =
        NvidiaGpus.parse(
            "NVIDIA A100-SXM4-80GB, 8.0, 580.1, 81920 MiB\n"
                + "Tesla T4, 7.5, 418.87.00, [N/A]\nTesla V100, 7.0, 550.1, 16384 MiB");

    assertThat(NEITHER.finding(gpus.get(0)).cure()).contains("build with -Pgpu");
    assertThat(TORCH.finding(gpus.get(0)))
        .isEqualTo(
            Finding.good(
                "GPU", "NVIDIA A100-SXM4-80GB (sm_80, 80.0 GiB, driver 580.1), for engine torch"));
    assertThat(ND4J.finding(gpus.get(1)).value()).contains("(sm_75, driver 418.87.00)");
    assertThat(ND4J.finding(gpus.get(1)).value()).contains("driver too old");
    assertThat(NEITHER.finding(gpus.get(2)).value()).contains("older than libtorch's machine code");
    assertThat(NEITHER.finding(gpus.get(2)).cure()).contains("build with -Pcuda");
    assertThat(TORCH.none("none").value())
        .isEqualTo("none, and this build is for one; the student runs on the CPU");
  }

  @Test
  void whatLibtorchMissesIsNamedAndStopsOnlyWhereThereIsAGpuForIt() {
    List<String> missing = List.of("libcudnn.so.9", "libnccl.so.2");

    Finding with = TorchChecks.libraries(12, missing, true);
    Finding without = TorchChecks.libraries(11, missing, false);

    assertThat(with.severity()).isEqualTo(Severity.ESSENTIAL);
    assertThat(with.value())
        .isEqualTo("engine torch cannot be loaded, for want of libcudnn.so.9, libnccl.so.2");
    assertThat(with.cure()).contains("cuDNN 9 and NCCL 2").contains("LD_LIBRARY_PATH");
    assertThat(without.severity()).isEqualTo(Severity.WARNING);
    assertThat(TorchChecks.libraries(12, List.of("libcuda.so.1"), true).cure())
        .contains("driver")
        .doesNotContain("cuDNN");
    assertThat(TorchChecks.libraries(12, List.of(), true).severity()).isEqualTo(Severity.GOOD);
  }

  @Test
  void libtorchIsSeenToCompute() {
    Finding finding = TorchChecks.speed(Device.CPU, Duration.ofMillis(20));

    assertThat(finding.severity()).isEqualTo(Severity.GOOD);
    assertThat(finding.value()).matches("cpu, libtorch: \\d+\\.\\d\\d TFLOP/s in float32, .*");
    assertThat(TorchChecks.speed(Device.of("cuda:9"), Duration.ofMillis(20)).value())
        .contains("libtorch sees 0 GPUs here");
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
