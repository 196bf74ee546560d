package io.bagpipe.model.engine.torch;

import io.bagpipe.model.nativelib.NativeLibraries;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** Which of libtorch's builds this process has, and its loading. Any thread. */
public final class TorchLibrary {
  private static final String JNI = "libjnitorch.so";
  private static final String CUDA = "libtorch_cuda.so";
  private static final String FOLDER = "/org/bytedeco/pytorch/linux-x86_64";

  /**
   * What its build for GPUs is linked with and does not bring: CUDA 13 with CUPTI, cuDNN 9, NCCL 2.
   * All of them must be there before it loads, and the driver's {@code libcuda.so.1} before it
   * computes on a GPU.
   */
  public static final List<String> CUDA_LIBRARIES =
      List.of(
          "libcudart.so.13",
          "libcublas.so.13",
          "libcublasLt.so.13",
          "libcupti.so.13",
          "libcusparse.so.12",
          "libcufft.so.12",
          "libcusolver.so.12",
          "libcurand.so.10",
          "libcufile.so.0",
          "libcudnn.so.9",
          "libnccl.so.2");

  /** Builds of libtorch. */
  public enum Build {
    NONE,
    CPU,
    CUDA
  }

  private TorchLibrary() {}

  /** Looks for it on the class path, then on the library path; loads nothing. */
  public static Build build() {
    if (TorchLibrary.class.getResource(FOLDER + "-gpu/" + JNI) != null) {
      return Build.CUDA;
    }
    if (TorchLibrary.class.getResource(FOLDER + "/" + JNI) != null) {
      return Build.CPU;
    }
    for (String folder : System.getProperty("java.library.path", "").split(File.pathSeparator)) {
      if (!folder.isEmpty() && Files.isRegularFile(Path.of(folder, JNI))) {
        return Files.isRegularFile(Path.of(folder, CUDA)) ? Build.CUDA : Build.CPU;
      }
    }
    return Build.NONE;
  }

  /**
   * Loads it. JavaCPP unpacks and loads libtorch_cuda only where its extension is libtorch's own or
   * none, and the extension that this process has may be the one of ND4J's build: with that one a
   * GPU would look absent. So it is put aside meanwhile.
   *
   * @throws IllegalStateException in one line that names what is missing, if it does not load
   */
  public static synchronized void load() {
    String others = System.getProperty(NativeLibraries.EXTENSION);
    try {
      extension(build() == Build.CUDA ? "-gpu" : "");
      Loader.load(torch.class);
    } catch (LinkageError e) {
      // names the library that is not there, by its soname
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalStateException(
          "libtorch cannot be loaded: "
              + why
              + (build() == Build.CUDA
                  ? "; CUDA 13, cuDNN 9 and NCCL 2 must be in LD_LIBRARY_PATH"
                  : ""),
          e);
    } finally {
      extension(others == null ? "" : others);
      if (others == null) {
        System.clearProperty(NativeLibraries.EXTENSION);
      }
    }
  }

  private static void extension(String extension) {
    System.setProperty(NativeLibraries.EXTENSION, extension);
    Loader.loadProperties(true);
  }
}
