package io.bagpipe.model.teacher;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.onnx.OnnxException;
import java.util.List;
import java.util.Optional;

/**
 * Opens teachers by one library. Found by {@link java.util.ServiceLoader}: a module names its
 * implementation in {@code META-INF/services/io.bagpipe.model.teacher.TeacherEngineProvider}. Until
 * {@link #open} is called it loads nothing native. Any thread.
 */
public interface TeacherEngineProvider {
  /** As {@code teacher.engine} names it; lower case. */
  String name();

  /**
   * {@code auto} takes the highest of those that can run on such a device: 30 on a GPU (torch), 20
   * on a CPU (onnxruntime), 5 (torch on a CPU). May look as {@link #obstacle} does.
   */
  int priority(Device device);

  /**
   * Why this machine and this build cannot run it on such a device, in words that end with what to
   * do; empty where they can.
   */
  Optional<String> obstacle(Device device);

  /** What {@link TeacherEngineOptions#precision} may be on such a device; the first is usual. */
  List<String> precisions(Device device);

  /**
   * Opens a teacher; whoever does closes it.
   *
   * @param engine with a device that has no {@link #obstacle}, and one of its {@link #precisions}
   * @throws OnnxException in one line, if this library cannot read the file and another may
   * @throws TeacherException in one line, if the file cannot be loaded or is no such teacher
   * @throws IllegalArgumentException in one line, if this process or machine cannot run it so
   */
  TeacherEncoder open(TeacherSource source, TeacherOptions options, TeacherEngineOptions engine);
}
