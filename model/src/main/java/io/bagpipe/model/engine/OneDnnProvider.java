package io.bagpipe.model.engine;

import java.util.List;
import java.util.Optional;

/** {@code onednn}: Deeplearning4j's graph over oneDNN's primitives, on the CPU. */
public final class OneDnnProvider implements StudentEngineProvider {
  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public int priority() {
    return 20;
  }

  /** oneDNN reads ND4J's arrays where they lie, so they must lie in main memory. */
  @Override
  public Optional<String> obstacle(Device device) {
    if (!device.allows(Device.Kind.CPU)) {
      return Optional.of("device " + device + "; valid: auto, cpu");
    }
    return NvidiaGpus.isCudaBuild()
        ? Optional.of("this build has ND4J's CUDA arrays; build without -Pcuda")
        : Optional.empty();
  }

  @Override
  public List<String> precisions(Device device) {
    return List.of(EngineOptions.FLOAT32);
  }

  @Override
  public StudentEngine create(EngineRequest request, EngineOptions options) {
    Nd4jRuntime.prepare(options.cores());
    StepProfile profile = new StepProfile();
    return new Nd4jStudentEngine(request, new OneDnnKernels(request.batch(), profile), profile);
  }
}
