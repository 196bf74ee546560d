package io.bagpipe.verticles.experiment;

import io.bagpipe.model.teacher.RememberingTeacher;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Recipe;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.Teachers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The teacher of a comparison's cells. What it says of a view is kept beside the results and not
 * asked twice: objectives that see the same views, with the same seed, share it.
 *
 * @param directory of the comparison
 * @param remember false: every cell asks anew, and so costs what it costs
 */
public record Laboratory(Path directory, TeacherSource source, boolean remember) {
  /**
   * Opens it as the configuration has it; whoever does closes it.
   *
   * @throws TeacherException when it is none, or takes views of another size
   */
  public TeacherEncoder teacher(BagpipeConfig config) throws IOException {
    Settings settings = new Settings(config);
    TeacherEncoder teacher = Teachers.open(source, config, settings);
    int views = config.views().geometry().size();
    if (teacher.inputSize() != views) {
      int takes = teacher.inputSize();
      teacher.close();
      throw new TeacherException(
          "teacher %s takes images of %d pixels and views.size is %d; set views.size=%d"
              .formatted(source.name(), takes, views, takes));
    }
    if (!remember) {
      return teacher;
    }
    String outputs = Recipe.of(config, settings.needs(), source.sha256()).teacher().text();
    // a name for what it says; the digests themselves are too long for one
    UUID name = UUID.nameUUIDFromBytes(outputs.getBytes(StandardCharsets.UTF_8));
    try {
      return RememberingTeacher.open(
          teacher, directory.resolve("teacher").resolve(name.toString()));
    } catch (IOException e) {
      teacher.close();
      throw e;
    }
  }
}
