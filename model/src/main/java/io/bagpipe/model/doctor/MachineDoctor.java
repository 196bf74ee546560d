package io.bagpipe.model.doctor;

import io.bagpipe.model.doctor.Finding.Severity;
import io.bagpipe.model.engine.torch.TorchLibrary;
import io.bagpipe.model.nativelib.NativeLibraries;
import io.bagpipe.model.nativelib.NvidiaGpus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the machine: Java, processor, memory, GPU and what it needs, native libraries, speed.
 * Loads the native libraries, as a student would; what fails is a finding, never an exception.
 * Takes the seconds of the speed check and a few more; on the calling thread.
 */
public final class MachineDoctor {
  private static final Logger LOG = LoggerFactory.getLogger(MachineDoctor.class);

  private MachineDoctor() {}

  /**
   * All findings, in the order in which they are of interest.
   *
   * @param environment the process's environment
   * @param speedCheck how long to measure; zero leaves it out
   */
  public static List<Finding> examine(Map<String, String> environment, Duration speedCheck)
      throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(Host.findings(NativeLibraries.cpuFlags(), environment));
    findings.add(Memory.here().finding());
    List<Finding> gpus = new Gpus(NvidiaGpus.isCudaBuild(), TorchLibrary.build()).findings();
    findings.addAll(gpus);
    // ND4J's CUDA build dies on a GPU that it has no code for
    if (gpus.stream().noneMatch(gpu -> gpu.severity() == Severity.ESSENTIAL)) {
      findings.add(guarded("ND4J", Libraries::nd4j));
    }
    Finding oneDnn = guarded("oneDNN", Libraries::oneDnn);
    findings.add(oneDnn);
    findings.add(guarded("ONNX Runtime", Libraries::onnxRuntime));
    findings.add(guarded("engines", Engines::finding));
    findings.add(guarded("teacher engines", Engines::teachers));
    findings.addAll(TorchChecks.findings(speedCheck));
    if (!speedCheck.isZero() && oneDnn.severity() != Severity.ESSENTIAL) {
      findings.add(guarded("speed", () -> Libraries.speed(speedCheck)));
    }
    return List.copyOf(findings);
  }

  /** Whatever a native library does when it does not suit the machine, short of ending the JVM. */
  static Finding guarded(String name, Supplier<Finding> check) {
    try {
      return check.get();
    } catch (LinkageError | RuntimeException e) {
      LOG.debug("{} fails", name, e);
      Throwable root = e;
      while (root.getCause() != null && root.getCause() != root) {
        root = root.getCause();
      }
      String why = root.getClass().getSimpleName() + ": " + root.getMessage();
      return Finding.essential(
          name,
          "cannot be used: " + why.strip().replaceAll("\\s*\\R\\s*", " "),
          "check that ~/.javacpp (or -Dorg.bytedeco.javacpp.cachedir) and java.io.tmpdir are"
              + " writable and allow execution, and that libgomp1 and libstdc++6 are installed");
    }
  }
}
