package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StepProfile;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngineProvider;
import io.bagpipe.model.engine.graph.GraphStudentEngine;
import io.bagpipe.model.engine.graph.Nd4jRuntime;
import io.bagpipe.model.nativelib.NvidiaGpus;
import java.util.List;
import java.util.Optional;

/** {@code onednn}: Deeplearning4j's graph over oneDNN's primitives, on the CPU. */
public final class OneDnnProvider implements StudentEngineProvider {
  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public int priority(Device device) {
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
        : Nd4jRuntime.obstacle();
  }

  @Override
  public List<String> precisions(Device device) {
    return List.of(EngineOptions.FLOAT32);
  }

  @Override
  public StudentEngine create(EngineRequest request, EngineOptions options) {
    Nd4jRuntime.prepare(options.cores());
    StepProfile profile = new StepProfile();
    return new GraphStudentEngine(request, new OneDnnKernels(request.batch(), profile), profile);
  }
}
