package io.bagpipe.model.nativelib;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The NVIDIA GPUs that the driver reports, and whether ND4J's CUDA build could use them. Asking
 * goes through {@code nvidia-smi}, so that nothing of CUDA is loaded to find out: on a GPU that it
 * has no code for, ND4J's library ends the process.
 */
public final class NvidiaGpus {
  /** The only CUDA release that ND4J 1.0.0-M2.1 was built for. */
  public static final String CUDA = "11.6";

  /** The first driver that runs CUDA 11 programs. */
  public static final int DRIVER_FLOOR = 450;

  /** What to do where the CUDA build cannot run. */
  public static final String CURE = "build without -Pcuda: the student runs on the CPU then";

  /**
   * What {@code libnd4jcuda.so} holds machine code for, times ten. It holds no PTX, which a newer
   * driver could translate; code runs on its own major generation at the same minor or later.
   */
  private static final List<Integer> MACHINE_CODE = List.of(37, 50, 52, 60, 61, 70, 75, 80, 86);

  private static final String CUDA_BACKEND = "org.nd4j.linalg.jcublas.JCublasBackend";
  private static final int SECONDS = 10;
  private static final List<String> QUERY =
      List.of(
          "nvidia-smi",
          "--query-gpu=name,compute_cap,driver_version,memory.total",
          "--format=csv,noheader");
  private static final Pattern MEBIBYTES = Pattern.compile("(\\d{1,9}) MiB");

  /**
   * One GPU.
   *
   * @param capability compute capability times ten: 90 for 9.0
   * @param mebibytes of its memory; 0 where the driver does not say, as of memory that it shares
   */
  public record Gpu(String name, int capability, String driver, int mebibytes) {

    /** Whether ND4J's CUDA build has code for it. */
    public boolean supported() {
      return MACHINE_CODE.stream()
          .anyMatch(code -> code / 10 == capability / 10 && code % 10 <= capability % 10);
    }

    /** Why ND4J's CUDA build cannot use it, where it cannot. */
    public String refusal() {
      int first = MACHINE_CODE.get(0);
      int last = MACHINE_CODE.get(MACHINE_CODE.size() - 1);
      return String.format(
          Locale.ROOT,
          "%s cannot be used: ND4J's CUDA %s build has machine code for sm_%d to sm_%d and no"
              + " PTX, and this GPU is %s",
          described(),
          CUDA,
          first,
          last,
          capability > last ? "newer" : "older");
    }

    /** Whether the driver is older than CUDA {@value #CUDA} takes. */
    public boolean driverTooOld() {
      int major = driverMajor();
      return major >= 0 && major < DRIVER_FLOOR;
    }

    /** The driver's first number; -1 where it has none. */
    public int driverMajor() {
      String major = driver.replaceFirst("\\..*", "");
      return major.matches("\\d{1,6}") ? Integer.parseInt(major) : -1;
    }

    /** Name, compute capability, memory, driver. */
    public String described() {
      String memory =
          mebibytes == 0 ? "" : String.format(Locale.ROOT, ", %.1f GiB", mebibytes / 1024.0);
      return name + " (sm_" + capability + memory + ", driver " + driver + ")";
    }
  }

  private NvidiaGpus() {}

  /** Whether this build of Bagpipe has ND4J's CUDA backend (Maven profile {@code cuda}). */
  public static boolean isCudaBuild() {
    try {
      Class.forName(CUDA_BACKEND, false, NvidiaGpus.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * Asks the driver; empty where there is no driver to ask.
   *
   * @throws IOException if it does not answer, or not in a way that can be read
   */
  public static Optional<List<Gpu>> ask() throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(QUERY)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
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
    return Optional.of(parse(answer));
  }

  /**
   * Reads the driver's answer, one line a GPU: name, compute capability, driver, memory.
   *
   * @throws IOException if it is no such answer
   */
  public static List<Gpu> parse(String answer) throws IOException {
    List<Gpu> gpus = new ArrayList<>();
    for (String line : answer.lines().toList()) {
      String[] fields = line.strip().split("\\s*,\\s*");
      if (fields.length != 4 || !fields[1].matches("\\d{1,2}\\.\\d")) {
        throw new IOException("nvidia-smi says: " + line.strip());
      }
      int capability = Integer.parseInt(fields[1].replace(".", ""));
      Matcher memory = MEBIBYTES.matcher(fields[3]);
      int mebibytes = memory.matches() ? Integer.parseInt(memory.group(1)) : 0;
      gpus.add(new Gpu(fields[0], capability, fields[2], mebibytes));
    }
    return gpus;
  }

  /** Why the first GPU, the one ND4J takes, cannot run ND4J's CUDA build; empty where it can. */
  public static Optional<String> obstacle() {
    try {
      requireUsable();
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Makes sure that the first GPU, the one ND4J takes, is one that ND4J's CUDA build can use; call
   * it before anything loads ND4J.
   *
   * @throws IllegalStateException with cause and cure, if not
   */
  static void requireUsable() {
    List<Gpu> gpus;
    try {
      gpus = ask().orElse(List.of());
    } catch (IOException e) {
      throw new IllegalStateException(
          "this is a CUDA build, and the driver fails: " + e.getMessage() + "; " + CURE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking nvidia-smi", e);
    }
    requireUsable(gpus);
  }

  static void requireUsable(List<Gpu> gpus) {
    if (gpus.isEmpty()) {
      throw new IllegalStateException(
          "this is a CUDA build, and there is no NVIDIA GPU here (nvidia-smi finds none); " + CURE);
    }
    Gpu first = gpus.get(0);
    if (!first.supported()) {
      throw new IllegalStateException(first.refusal() + "; " + CURE);
    }
    if (first.driverTooOld()) {
      throw new IllegalStateException(
          first.described() + " needs driver " + DRIVER_FLOOR + " or later for CUDA " + CUDA);
    }
  }
}
