package io.bagpipe.model.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The NVIDIA GPUs that the driver reports, and whether ND4J's CUDA build could use them. Asking
 * goes through {@code nvidia-smi}, so that nothing of CUDA is loaded to find out.
 */
public final class Gpus {
  /** The only CUDA release that ND4J 1.0.0-M2.1 was built for. */
  private static final String CUDA = "11.6";

  /**
   * What {@code libnd4jcuda.so} holds machine code for, times ten. It holds no PTX, which a newer
   * driver could translate; code runs on its own major generation at the same minor or later.
   */
  private static final List<Integer> MACHINE_CODE = List.of(37, 50, 52, 60, 61, 70, 75, 80, 86);

  /** The first driver that runs CUDA 11 programs. */
  private static final int DRIVER_FLOOR = 450;

  private static final String NAME = "GPU";
  private static final int SECONDS = 10;
  private static final List<String> QUERY =
      List.of("nvidia-smi", "--query-gpu=name,compute_cap,driver_version", "--format=csv,noheader");

  /**
   * One GPU.
   *
   * @param capability compute capability times ten: 90 for 9.0
   */
  public record Gpu(String name, int capability, String driver) {

    /** Whether ND4J's CUDA build has code for it. */
    public boolean supported() {
      return MACHINE_CODE.stream()
          .anyMatch(code -> code / 10 == capability / 10 && code % 10 <= capability % 10);
    }

    private boolean driverTooOld() {
      String major = driver.replaceFirst("\\..*", "");
      return major.matches("\\d{1,6}") && Integer.parseInt(major) < DRIVER_FLOOR;
    }

    private String described() {
      return name + " (sm_" + capability + ", driver " + driver + ")";
    }
  }

  private Gpus() {}

  /** What {@code nvidia-smi} says; empty where there is none. */
  static Optional<String> ask() throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(QUERY)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .start();
    } catch (IOException e) {
      return Optional.empty();
    }
    // the answer of even a hundred GPUs fits the pipe, so it need not be read meanwhile
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("nvidia-smi does not answer within " + SECONDS + " seconds");
    }
    String answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.exitValue() != 0) {
      throw new IOException(answer.lines().findFirst().orElse("nvidia-smi failed"));
    }
    return Optional.of(answer);
  }

  /**
   * Reads the driver's answer, one line a GPU: name, compute capability, driver.
   *
   * @throws IOException if it is no such answer
   */
  public static List<Gpu> parse(String answer) throws IOException {
    List<Gpu> gpus = new ArrayList<>();
    for (String line : answer.lines().toList()) {
      String[] fields = line.strip().split("\\s*,\\s*");
      if (fields.length != 3 || !fields[1].matches("\\d{1,2}\\.\\d")) {
        throw new IOException("nvidia-smi says: " + line.strip());
      }
      gpus.add(new Gpu(fields[0], Integer.parseInt(fields[1].replace(".", "")), fields[2]));
    }
    return gpus;
  }

  /**
   * Asks the driver.
   *
   * @param cudaBuild whether this build of Bagpipe has ND4J's CUDA backend
   */
  static List<Finding> findings(boolean cudaBuild) throws InterruptedException {
    try {
      Optional<String> answer = ask();
      if (answer.isEmpty()) {
        return List.of(
            Finding.good(NAME, "none (no nvidia-smi here); the student runs on the CPU"));
      }
      List<Gpu> gpus = parse(answer.get());
      return gpus.isEmpty()
          ? List.of(Finding.good(NAME, "none; the student runs on the CPU"))
          : gpus.stream().map(gpu -> finding(gpu, cudaBuild)).toList();
    } catch (IOException e) {
      String value = e.getMessage() + "; the student runs on the CPU";
      return List.of(Finding.warning(NAME, value, "mend the driver, or do without the GPU"));
    }
  }

  static Finding finding(Gpu gpu, boolean cudaBuild) {
    if (!gpu.supported()) {
      boolean newer = gpu.capability() > MACHINE_CODE.get(MACHINE_CODE.size() - 1);
      String value =
          String.format(
              Locale.ROOT,
              "%s cannot be used: ND4J's CUDA %s build has machine code for sm_%d to sm_%d and no"
                  + " PTX, and this GPU is %s",
              gpu.described(),
              CUDA,
              MACHINE_CODE.get(0),
              MACHINE_CODE.get(MACHINE_CODE.size() - 1),
              newer ? "newer" : "older");
      return cudaBuild
          ? Finding.essential(NAME, value, "build without -Pcuda: the student runs on the CPU then")
          : Finding.good(NAME, value + "; the student runs on the CPU");
    }
    if (gpu.driverTooOld()) {
      return Finding.warning(
          NAME,
          gpu.described() + " has a driver too old for CUDA " + CUDA,
          "install driver " + DRIVER_FLOOR + " or later");
    }
    return cudaBuild
        ? Finding.good(NAME, gpu.described() + ", in use by this build")
        : Finding.warning(
            NAME,
            gpu.described() + " could be used, but this build is for the CPU",
            "build with -Pcuda (brings 2 GB of CUDA " + CUDA + " libraries)");
  }
}
