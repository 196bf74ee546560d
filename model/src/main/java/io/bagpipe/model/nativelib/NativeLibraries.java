package io.bagpipe.model.nativelib;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the build of ND4J's library that this CPU can run. A build beyond the CPU dies with an
 * illegal instruction, so the choice is made from the CPU's flags, before anything loads ND4J. In a
 * CUDA build (Maven profile {@code cuda}) there is one only, and it is the GPU that must suit it.
 */
public final class NativeLibraries {
  /** JavaCPP's own setting; whoever sets it by hand has chosen. */
  public static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

  private static final Logger log = LoggerFactory.getLogger(NativeLibraries.class);
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  // what GCC may use under -march=skylake-avx512 and under AVX2 with its usual companions
  private static final List<String> AVX2 = List.of("avx2", "fma", "bmi1", "bmi2", "f16c", "movbe");
  private static final List<String> AVX512 =
      List.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

  private static final String CUDNN = "-cudnn";

  private NativeLibraries() {}

  /**
   * Makes the choice, once a process; call it before the first use of ND4J.
   *
   * @throws IllegalStateException with cause and cure, in a CUDA build without a GPU for it
   */
  public static synchronized String prepare() {
    String chosen = System.getProperty(EXTENSION);
    if (chosen == null && NvidiaGpus.isCudaBuild()) {
      NvidiaGpus.requireUsable();
      chosen = CUDNN;
      System.setProperty(EXTENSION, chosen);
      log.info("ND4J's CUDA build, with cuDNN");
    } else if (chosen == null) {
      chosen = extension(cpuFlags());
      System.setProperty(EXTENSION, chosen);
      log.atInfo()
          .addKeyValue("build", chosen.isEmpty() ? "plain" : chosen.substring(1))
          .log("chose ND4J's build from the CPU's flags");
    }
    return chosen;
  }

  /** The extension of the classifier for a CPU of these flags: "-avx512", "-avx2" or "". */
  static String extension(Set<String> flags) {
    if (!flags.containsAll(AVX2)) {
      return "";
    }
    return flags.containsAll(AVX512) ? "-avx512" : "-avx2";
  }

  /** The flags Linux reports of the first core; empty where there is no such report. */
  public static Set<String> cpuFlags() {
    if (!Files.isReadable(CPU_INFO)) {
      return Set.of();
    }
    try (var lines = Files.lines(CPU_INFO, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).trim().split(" "))
          .map(flags -> (Set<String>) new HashSet<>(Arrays.asList(flags)))
          .orElse(Set.of());
    } catch (IOException e) {
      log.atWarn().setCause(e).log("cannot read the CPU's flags; taking the plain build");
      return Set.of();
    }
  }
}
