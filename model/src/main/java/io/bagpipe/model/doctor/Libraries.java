package io.bagpipe.model.doctor;

import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import ai.onnxruntime.OrtEnvironment;
import io.bagpipe.model.nativelib.MatrixSpeed;
import io.bagpipe.model.nativelib.NativeLibraries;
import io.bagpipe.model.nativelib.OnnxRuntimes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.factory.Nd4j;

/** The native libraries: which build is loaded, and which of its code this CPU gets. */
final class Libraries {
  private static final double SLOW_GIGAFLOPS = 20;
  private static final String SPEED = "speed";

  private Libraries() {}

  /** Loads ND4J, in the build that the CPU's flags allow. */
  static Finding nd4j() {
    String extension = NativeLibraries.prepare();
    Properties about = Nd4j.getExecutioner().getEnvironmentInformation();
    return Finding.good(
        "ND4J",
        String.format(
            Locale.ROOT,
            "%s, %s, build linux-x86_64%s, %s threads, BLAS %s %s",
            mavenVersion("org.nd4j", "nd4j-api"),
            Nd4j.getBackend().getClass().getSimpleName(),
            extension,
            about.get("omp.threads"),
            about.get("blas.vendor"),
            mavenVersion("org.bytedeco", "openblas")));
  }

  /** What Maven left in an artifact's jar. */
  private static String mavenVersion(String group, String artifact) {
    String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    Properties properties = new Properties();
    try (InputStream in = Libraries.class.getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "of unknown version");
  }

  static Finding oneDnn() {
    dnnl_version_t version = dnnl_version();
    int isa = dnnl_get_effective_cpu_isa();
    return Finding.good(
        "oneDNN",
        String.format(
            Locale.ROOT,
            "%d.%d.%d, code for %s, threads by %s",
            version.major(),
            version.minor(),
            version.patch(),
            isaName(isa),
            version.cpu_runtime() == dnnl.DNNL_RUNTIME_OMP
                ? "OpenMP"
                : "runtime " + version.cpu_runtime()));
  }

  /** oneDNN's names of its instruction sets, from the values of its C interface. */
  static String isaName(int isa) {
    return switch (isa) {
      case 0x1 -> "SSE4.1";
      case 0x3 -> "AVX";
      case 0x7 -> "AVX2";
      case 0xf -> "AVX2 with VNNI";
      case 0x1f -> "AVX2 with VNNI 2";
      case 0x27 -> "AVX-512";
      case 0x67 -> "AVX-512 with VNNI";
      case 0xe7 -> "AVX-512 with BF16";
      case 0x1ef -> "AVX-512 with FP16 (AVX10.1)";
      case 0xfef -> "AVX-512 with AMX";
      case 0x1fef -> "AVX-512 with AMX FP16";
      case 0x201ff -> "AVX10.2";
      case 0x22fff -> "AVX10.2 with AMX";
      default -> "instruction set 0x" + Integer.toHexString(isa);
    };
  }

  static Finding onnxRuntime() {
    return Finding.good(
        "ONNX Runtime",
        OnnxRuntimes.environment().getVersion()
            + ", providers "
            + OrtEnvironment.getAvailableProviders());
  }

  static Finding speed(Duration length) {
    double gigaflops = MatrixSpeed.gigaflops(length);
    return Finding.goodIf(
        gigaflops >= SLOW_GIGAFLOPS,
        SPEED,
        String.format(
            Locale.ROOT,
            "%.0f GFLOP/s (float32 matrix product in the cache, oneDNN, warm)",
            gigaflops),
        "this is slow: end what else computes here, or check the CPU's flags above");
  }
}
