package io.bagpipe.model.nativelib;

import ai.onnxruntime.OrtEnvironment;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where ONNX Runtime has its native libraries from. By itself it unpacks them, 28 MB, into a new
 * temporary directory at every start, and a process that is killed leaves that behind, until a host
 * on which it is killed for months has no disk left. Here they are unpacked once, into the cache
 * that JavaCPP keeps for all others; an empty directory is all that a start still leaves.
 */
public final class OnnxRuntimes {
  /** ONNX Runtime's own setting; whoever sets it by hand has chosen. */
  public static final String PATH = "onnxruntime.native.path";

  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntimes.class);

  private OnnxRuntimes() {}

  /** The environment of this process, which is never closed. */
  public static synchronized OrtEnvironment environment() {
    if (System.getProperty(PATH) == null) {
      try {
        File directory = unpacked();
        if (directory != null) {
          System.setProperty(PATH, directory.toString());
        }
      } catch (IOException e) {
        LOG.warn(
            "ONNX Runtime unpacks its libraries by itself, for this process: {}", e.toString());
      }
    }
    return OrtEnvironment.getEnvironment();
  }

  /** Null where the jar has none for this machine, which ONNX Runtime then says better. */
  private static @Nullable File unpacked() throws IOException {
    boolean arm = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).startsWith("aarch64");
    String folder = "/ai/onnxruntime/native/linux-" + (arm ? "aarch64" : "x64") + "/";
    File directory = null;
    for (String library : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
      URL inJar = OrtEnvironment.class.getResource(folder + System.mapLibraryName(library));
      if (inJar == null) {
        return null;
      }
      File file = Loader.cacheResource(inJar);
      directory = file == null ? null : file.getParentFile();
    }
    return directory;
  }
}
