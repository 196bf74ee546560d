package io.bagpipe.verticles.stage;

import io.bagpipe.model.teacher.ProjectedTeacher;
import io.bagpipe.model.teacher.Projection;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;

/** The configured teacher, on the configured engine, as every part of a service has it. */
public final class Teachers {
  private Teachers() {}

  /**
   * Opens it; whoever does closes it.
   *
   * @throws TeacherException when the file cannot be loaded, is no teacher, says something else of
   *     itself than the configuration, does not go with {@code teacher.projection}, or cannot be
   *     run as {@code teacher.engine}, {@code teacher.device} and {@code teacher.precision} want
   */
  public static TeacherEncoder open(TeacherSource source, BagpipeConfig config, Settings settings) {
    var projected = config.teacher().projected();
    var engine = settings.teacherEngine();
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
