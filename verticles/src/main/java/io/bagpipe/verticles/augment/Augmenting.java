package io.bagpipe.verticles.augment;

import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.stage.Recipe;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.ViewPool;
import java.util.List;
import java.util.function.Consumer;

/**
 * What {@link AugmentVerticle} does with records, without Kafka around it: for whoever hands them
 * over himself. Views are drawn here, whatever their size: nothing travels. Confined to one thread;
 * whoever makes it closes it.
 */
public final class Augmenting implements StageFunction, AutoCloseable {
  private final ViewPool pool;
  private final AugmentFunction function;

  /**
   * @param onDeadLetter told of each image that could not be used
   */
  public Augmenting(
      BagpipeConfig config, Settings settings, Recipe recipe, Consumer<DeadLetter> onDeadLetter) {
    pool = settings.viewPool();
    function =
        new AugmentFunction(
            pool,
            config.views().geometry().size(),
            new AugmentFunction.Views(true, settings.needs().keyViews()),
            recipe.views().text(),
            settings.recordBytes(),
            config.limits().names(),
            onDeadLetter,
            (shorterSide, indexView) -> {});
  }

  @Override
  public StageOutput apply(List<InputRecord> images) throws InterruptedException {
    return function.apply(images);
  }

  @Override
  public void close() {
    pool.close();
  }
}
