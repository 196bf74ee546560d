package io.bagpipe.verticles.teacher;

import io.bagpipe.model.teacher.OnnxTeacher;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import org.jspecify.annotations.Nullable;

/** {@code views} to {@code embeddings}: what the frozen teacher says of each image. */
public final class TeacherVerticle extends StageVerticle {
  private final BagpipeConfig config;
  private final Settings settings;
  private @Nullable TeacherEncoder teacher;

  public TeacherVerticle(BagpipeConfig config, Settings settings, Surroundings surroundings) {
    super(
        Stage.TEACHER,
        settings.stage(
            TeacherFunction.STAGE,
            config.topics().views(),
            config.topics().embeddings(),
            Stage.BAGS.id(),
            BatchLimits.single()),
        surroundings);
    this.config = config;
    this.settings = settings;
  }

  @Override
  protected StageFunction function() {
    TeacherEncoder opened =
        OnnxTeacher.open(TeacherSource.parse(config.teacher().path()), settings.teacher());
    teacher = opened;
    return new TeacherFunction(opened, settings.recordBytes(), images);
  }

  @Override
  protected void release() {
    TeacherEncoder open = teacher;
    if (open != null) {
      open.close();
    }
  }
}
