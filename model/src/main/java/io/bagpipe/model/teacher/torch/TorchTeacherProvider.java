package io.bagpipe.model.teacher.torch;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.torch.Precision;
import io.bagpipe.model.engine.torch.TorchProvider;
import io.bagpipe.model.onnx.OnnxException;
import io.bagpipe.model.onnx.OnnxFile;
import io.bagpipe.model.onnx.OnnxNetwork;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherEngineProvider;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code torch}: libtorch, on CPUs and on NVIDIA GPUs, where the student's engine of that name runs
 * too. On a CPU {@code auto} takes it last.
 */
public final class TorchTeacherProvider implements TeacherEngineProvider {
  private final TorchProvider engine = new TorchProvider();

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public int priority(Device device) {
    return engine.priority(device);
  }

  @Override
  public Optional<String> obstacle(Device device) {
    return engine.obstacle(device);
  }

  @Override
  public List<String> precisions(Device device) {
    return engine.precisions(device);
  }

  @Override
  public TeacherEncoder open(
      TeacherSource source, TeacherOptions options, TeacherEngineOptions how) {
    Device device =
        TorchProvider.onCuda(how.device())
            ? new Device(Device.Kind.CUDA, how.device().index())
            : Device.CPU;
    return TorchTeacher.open(
        source, read(source), options, device, Precision.of(how.precision()), how.batch());
  }

  private static OnnxNetwork read(TeacherSource source) {
    Path file = source.file();
    try {
      return file == null ? OnnxFile.read(source.bytes()) : OnnxFile.read(file);
    } catch (OnnxException e) {
      throw e;
    } catch (IOException e) {
      throw new TeacherException("cannot read teacher " + source + ": " + e.getMessage(), e);
    }
  }
}
