package io.bagpipe.verticles.teacher;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.FirstPictures;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import io.bagpipe.verticles.stage.Teachers;
import io.bagpipe.verticles.stage.TopicTrimmer;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code views} to {@code embeddings}: what the frozen teacher says of each image. */
public final class TeacherVerticle extends StageVerticle {
  private final BagpipeConfig config;
  private final Settings settings;
  private final Surroundings surroundings;
  private @Nullable TeacherEncoder teacher;
  private @Nullable TeacherViews views;
  private @Nullable TopicTrimmer trimmer;

  public TeacherVerticle(BagpipeConfig config, Settings settings, Surroundings surroundings) {
    super(
        Stage.TEACHER,
        settings.stage(
            TeacherFunction.STAGE,
            config.topics().views(),
            config.topics().embeddings(),
            Set.of(),
            Stage.BAGS.id(),
            BatchLimits.single()),
        surroundings);
    this.config = config;
    this.settings = settings;
    this.surroundings = surroundings;
  }

  @Override
  protected StageFunction function() {
    TeacherEncoder opened =
        Teachers.open(TeacherSource.parse(config.teacher().path()), config, settings);
    teacher = opened;
    FirstPictures first = new FirstPictures(config.views());
    TeacherViews drawn =
        new TeacherViews(
            settings.viewPool(),
            settings.needs().keyViews(),
            (side, view) -> look(first, side, view),
            !settings.augmentDraws());
    views = drawn;
    return new TeacherFunction(
        opened,
        drawn,
        settings.needs(),
        new TeacherFunction.Trace(
            new Makers(surroundings.recipe().views(), config.service().onOtherMaker()),
            surroundings.recipe().teacher()),
        config.topics().images(),
        settings.recordBytes(),
        images,
        this::tell);
  }

  @Override
  public Future<?> start() {
    return super.start()
        .onSuccess(
            started -> {
              // the teacher keeps nothing: what it has committed nobody reads again
              TopicTrimmer trims =
                  new TopicTrimmer(
                      vertx,
                      surroundings.kafka(),
                      config.topics().views(),
                      settings.group(Stage.TEACHER.id()),
                      UnaryOperator.identity());
              trimmer = trims;
              trims.start();
            });
  }

  @Override
  public Future<?> stop() {
    TopicTrimmer trims = trimmer;
    Future<?> stopped = super.stop();
    return trims == null ? stopped : stopped.eventually(trims::stop);
  }

  @Override
  protected void release() {
    TeacherViews drawn = views;
    if (drawn != null) {
      drawn.close();
    }
    TeacherEncoder open = teacher;
    if (open != null) {
      open.close();
    }
  }
}
