package io.bagpipe.model.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Java, operating system, processor and threads. */
final class Host {
  private static final int JAVA_FLOOR = 17;

  /** What oneDNN and ND4J choose their code by. */
  private static final List<String> FLAGS_OF_INTEREST =
      List.of(
          "sse4_2",
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512cd",
          "avx512bw",
          "avx512dq",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile");

  private Host() {}

  static List<Finding> findings(Set<String> cpuFlags, Map<String, String> environment) {
    List<Finding> findings = new ArrayList<>();
    String java =
        Runtime.version()
            + ", "
            + System.getProperty("java.vm.name")
            + " of "
            + System.getProperty("java.vendor");
    findings.add(
        Runtime.version().feature() >= JAVA_FLOOR
            ? Finding.good("Java", java)
            : Finding.essential("Java", java, "install a JDK " + JAVA_FLOOR + " or later"));
    findings.add(system(System.getProperty("os.name"), System.getProperty("os.arch")));
    findings.add(cpu(cpuFlags));
    findings.add(threads(Runtime.getRuntime().availableProcessors(), environment));
    return findings;
  }

  static Finding system(String name, String architecture) {
    String value = name + " " + System.getProperty("os.version") + ", " + architecture;
    return name.equals("Linux") && architecture.equals("amd64")
        ? Finding.good("system", value)
        : Finding.essential(
            "system",
            value,
            "this build has native libraries for Linux on x86-64 only: run it there");
  }

  static Finding cpu(Set<String> flags) {
    List<String> present = FLAGS_OF_INTEREST.stream().filter(flags::contains).toList();
    return Finding.goodIf(
        present.contains("avx2") && present.contains("fma"),
        "CPU flags",
        present.isEmpty() ? "none of interest" : String.join(" ", present),
        "without avx2 and fma a student learns several times slower: take a newer processor, or let"
            + " the virtual machine pass its host's flags on");
  }

  static Finding threads(int processors, Map<String, String> environment) {
    String omp = environment.getOrDefault("OMP_NUM_THREADS", "");
    String value =
        processors
            + " processors, OMP_NUM_THREADS "
            + (omp.isEmpty() ? "not set" : omp)
            + ", OMP_WAIT_POLICY "
            + environment.getOrDefault("OMP_WAIT_POLICY", "not set")
            + ", GOMP_SPINCOUNT "
            + environment.getOrDefault("GOMP_SPINCOUNT", "not set");
    if (sleepsSoon(environment)) {
      return Finding.goodIf(
          processors > 1, "threads", value, "every stage shares the one: give it two or more");
    }
    return Finding.warning(
        "threads",
        value,
        "idle threads spin and take cores from the other stages: start with ./bagpipe, or set"
            + " GOMP_SPINCOUNT=10000");
  }

  /** Whether a waiting OpenMP thread gives its core back within a millisecond or so. */
  private static boolean sleepsSoon(Map<String, String> environment) {
    String policy = environment.getOrDefault("OMP_WAIT_POLICY", "");
    return policy.equalsIgnoreCase("passive")
        || (policy.isEmpty() && environment.getOrDefault("GOMP_SPINCOUNT", "").matches("\\d{1,5}"));
  }
}
