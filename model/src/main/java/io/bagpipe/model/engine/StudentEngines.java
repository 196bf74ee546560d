package io.bagpipe.model.engine;

import io.bagpipe.model.network.NetworkSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes student engines for this machine. */
public final class StudentEngines {
  private static final Logger log = LoggerFactory.getLogger(StudentEngines.class);

  private StudentEngines() {}

  /**
   * Makes an engine on the calling thread, which is its training thread from here on.
   *
   * @param inputSize side of the images, pixels
   * @param batch images a training pass; evaluation takes any number
   * @param seed draws the weights
   */
  public static StudentEngine create(
      NetworkSpec spec, int inputSize, int batch, long seed, EngineOptions options) {
    if (inputSize < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "an engine for batches of " + batch + " images of side " + inputSize);
    }
    NativeLibraries.prepare();
    int threads =
        options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    StepProfile profile = new StepProfile();
    Kernels kernels =
        usesOneDnn(options.backend())
            ? new OneDnnKernels(batch, profile)
            : new Nd4jKernels(profile);
    Nd4jStudentEngine engine = new Nd4jStudentEngine(spec, inputSize, batch, kernels, profile);
    engine.load(spec.initialState(seed));
    log.atInfo()
        .addKeyValue("network", spec.name())
        .addKeyValue("parameters", engine.parameterCount())
        .addKeyValue("kernels", kernels.description())
        .addKeyValue("threads", threads)
        .log("student engine ready");
    return engine;
  }

  /** oneDNN reads ND4J's arrays where they lie, so they must lie in main memory. */
  private static boolean usesOneDnn(EngineOptions.Backend backend) {
    boolean onCpu = "CpuBackend".equals(Nd4j.getBackend().getClass().getSimpleName());
    if (backend == EngineOptions.Backend.ONEDNN && !onCpu) {
      throw new IllegalArgumentException(
          "oneDNN needs ND4J's CPU backend, not " + Nd4j.getBackend().getClass().getSimpleName());
    }
    return backend == EngineOptions.Backend.ONEDNN
        || (backend == EngineOptions.Backend.AUTO && onCpu);
  }
}
