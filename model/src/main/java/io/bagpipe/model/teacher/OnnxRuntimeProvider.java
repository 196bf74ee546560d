package io.bagpipe.model.teacher;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import java.util.List;
import java.util.Optional;

/** {@code onnxruntime}: ONNX Runtime, on the CPU, in float32. It reads whatever ONNX says. */
public final class OnnxRuntimeProvider implements TeacherEngineProvider {
  @Override
  public String name() {
    return "onnxruntime";
  }

  @Override
  public int priority(Device device) {
    return 20;
  }

  @Override
  public Optional<String> obstacle(Device device) {
    return device.allows(Device.Kind.CPU)
        ? Optional.empty()
        : Optional.of("it runs on CPUs alone; take device auto or cpu");
  }

  @Override
  public List<String> precisions(Device device) {
    return List.of(EngineOptions.FLOAT32);
  }

  @Override
  public TeacherEncoder open(
      TeacherSource source, TeacherOptions options, TeacherEngineOptions engine) {
    return OnnxTeacher.open(source, options);
  }
}
