package io.bagpipe.model.engine.graph;

import io.bagpipe.model.nativelib.NativeLibraries;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What of the process ND4J needs set before its arrays are used: which build is loaded, the type of
 * its arrays, its threads. They hold for all engines of the process; the last one made sets them.
 */
public final class Nd4jRuntime {
  private Nd4jRuntime() {}

  /** What to say where ND4J is not on the class path, as on a host that has libtorch alone. */
  public static Optional<String> obstacle() {
    try {
      Class.forName("org.nd4j.linalg.factory.Nd4j", false, Nd4jRuntime.class.getClassLoader());
      return Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.of("ND4J is not on the class path; take engine torch");
    }
  }

  /**
   * Sets them.
   *
   * @param threads of ND4J's and oneDNN's OpenMP
   */
  public static void prepare(int threads) {
    NativeLibraries.prepare();
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }
}
