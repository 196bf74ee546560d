package io.bagpipe.model.engine.nd4j;

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

/**
 * {@code nd4j}: Deeplearning4j's graph over ND4J's own operations, on whatever ND4J's backend in
 * this build computes on. On a CPU the slow and plain twin of {@code onednn}.
 */
public final class Nd4jProvider implements StudentEngineProvider {
  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public int priority(Device device) {
    return 10;
  }

  @Override
  public Optional<String> obstacle(Device device) {
    boolean cuda = NvidiaGpus.isCudaBuild();
    if (!device.allows(cuda ? Device.Kind.CUDA : Device.Kind.CPU) || device.index() > 0) {
      return Optional.of(
          "device " + device + "; valid in this build: auto, " + (cuda ? "cuda" : "cpu"));
    }
    return cuda ? NvidiaGpus.obstacle() : Nd4jRuntime.obstacle();
  }

  @Override
  public List<String> precisions(Device device) {
    return List.of(EngineOptions.FLOAT32);
  }

  @Override
  public StudentEngine create(EngineRequest request, EngineOptions options) {
    Nd4jRuntime.prepare(options.cores());
    StepProfile profile = new StepProfile();
    return new GraphStudentEngine(request, new Nd4jKernels(profile), profile);
  }
}
