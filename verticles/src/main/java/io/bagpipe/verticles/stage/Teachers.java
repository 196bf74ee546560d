package io.bagpipe.verticles.stage;

import io.bagpipe.model.teacher.OnnxTeacher;
import io.bagpipe.model.teacher.ProjectedTeacher;
import io.bagpipe.model.teacher.Projection;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;

/** The configured teacher, as every part of a service has it. */
public final class Teachers {
  private Teachers() {}

  /**
   * Opens it; whoever does closes it.
   *
   * @throws TeacherException when the file cannot be loaded, is no teacher, says something else of
   *     itself than the configuration, or does not go with {@code teacher.projection}
   */
  public static TeacherEncoder open(TeacherSource source, BagpipeConfig config, Settings settings) {
    var projected = config.teacher().projected();
    return switch (projected.by()) {
      case NONE -> OnnxTeacher.open(source, settings.teacher());
      case PCA -> fitted(OnnxTeacher.open(source, settings.teacher()));
      case ORTHOGONAL -> {
        OnnxTeacher teacher = OnnxTeacher.open(source, settings.teacher().featuresOnly());
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

  private static TeacherEncoder fitted(OnnxTeacher teacher) {
    if (teacher.card().projection().equals("pca")) {
      return teacher;
    }
    teacher.close();
    throw new TeacherException(
        "teacher.projection=pca, and the file "
            + teacher.source()
            + " has no principal components; put them in: bagpipe teacher pca "
            + teacher.source()
            + " --data IMAGES -o NEW.onnx, and set teacher.path to that");
  }
}
