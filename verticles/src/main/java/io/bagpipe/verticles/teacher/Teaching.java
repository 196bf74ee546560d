package io.bagpipe.verticles.teacher;

import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Recipe;
import io.bagpipe.verticles.stage.Settings;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What {@link TeacherVerticle} does with records, without Kafka around it. Confined to one thread;
 * the teacher stays its maker's.
 */
public final class Teaching implements StageFunction, AutoCloseable {
  private final TeacherViews views;
  private final TeacherFunction function;

  /**
   * @param onDeadLetter told of each image that the teacher refused
   */
  public Teaching(
      TeacherEncoder teacher,
      BagpipeConfig config,
      Settings settings,
      Recipe recipe,
      Consumer<DeadLetter> onDeadLetter) {
    views =
        new TeacherViews(
            settings.viewPool(), settings.needs().keyViews(), (side, view) -> {}, false);
    function =
        new TeacherFunction(
            teacher,
            views,
            settings.needs(),
            new TeacherFunction.Trace(
                new Makers(recipe.views(), config.service().onOtherMaker()), recipe.teacher()),
            config.topics().images(),
            settings.recordBytes(),
            new LongAdder(),
            onDeadLetter);
  }

  @Override
  public StageOutput apply(List<InputRecord> records) throws InterruptedException {
    return function.apply(records);
  }

  @Override
  public void close() {
    views.close();
  }
}
