package io.bagpipe.verticles.stage;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.teacher.ProjectedTeacher;
import io.bagpipe.model.teacher.Projection;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.Role;

/** The configured teacher, on the configured engine, as every part of a service has it. */
public final class Teachers {
  private static final TeacherEngineOptions ANYWHERE =
      new TeacherEngineOptions("onnxruntime", Device.CPU, EngineOptions.FLOAT32, 1);

  private Teachers() {}

  /**
   * Opens it; whoever does closes it.
   *
   * @throws TeacherException when the file cannot be loaded, is no teacher, says something else of
   *     itself than the configuration, does not go with {@code teacher.projection}, or cannot be
   *     run as {@code teacher.engine}, {@code teacher.device} and {@code teacher.precision} want
   */
  public static TeacherEncoder open(TeacherSource source, BagpipeConfig config, Settings settings) {
    return open(source, config, settings, settings.teacherEngine());
  }

  /**
   * Opens it as this process needs it: a process without the teacher's role asks for nothing but
   * its dimensions, and its machine may have no device such as is configured, so there ONNX Runtime
   * tells them. As {@link #open}.
   */
  public static TeacherEncoder openHere(
      TeacherSource source, BagpipeConfig config, Settings settings) {
    return config.roles().contains(Role.TEACHER)
        ? open(source, config, settings)
        : open(source, config, settings, ANYWHERE);
  }

  private static TeacherEncoder open(
      TeacherSource source, BagpipeConfig config, Settings settings, TeacherEngineOptions engine) {
    var projected = config.teacher().projected();
    return switch (projected.by()) {
      case NONE -> TeacherEngines.open(source, settings.teacher(), engine);
      case PCA -> fitted(source, TeacherEngines.open(source, settings.teacher(), engine));
      case ORTHOGONAL -> {
        TeacherEncoder teacher =
            TeacherEngines.open(source, settings.teacher().featuresOnly(), engine);
        try {
          yield new ProjectedTeacher(
              teacher,
              Projection.orthogonal(config.seed(), teacher.featureDimension(), projected.values()));
        } catch (TeacherException e) {
          teacher.close();
          throw e;
        }
      }
    };
  }

  private static TeacherEncoder fitted(TeacherSource source, TeacherEncoder teacher) {
    if (source.card().projection().equals("pca")) {
      return teacher;
    }
    teacher.close();
    throw new TeacherException(
        "teacher.projection=pca, and the file "
            + source
            + " has no principal components; put them in: bagpipe teacher pca "
            + source
            + " --data IMAGES -o NEW.onnx, and set teacher.path to that");
  }
}
