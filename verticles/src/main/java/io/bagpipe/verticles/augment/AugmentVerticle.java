package io.bagpipe.verticles.augment;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code images} to {@code views}: decodes safely, draws the views of each image. */
public final class AugmentVerticle extends StageVerticle {
  private final BagpipeConfig config;
  private final Settings settings;
  private final String madeBy;
  private @Nullable ViewPool pool;

  public AugmentVerticle(BagpipeConfig config, Settings settings, Surroundings surroundings) {
    super(
        Stage.AUGMENT,
        settings.stage(
            AugmentFunction.STAGE,
            config.topics().images(),
            config.topics().views(),
            Set.of(),
            Stage.TEACHER.id(),
            settings.imageBatches()),
        surroundings);
    this.config = config;
    this.settings = settings;
    this.madeBy = surroundings.recipe().views().text();
  }

  @Override
  protected StageFunction function() {
    ViewPool made =
        new ViewPool(
            Settings.cores(config.stages().augmentThreads()),
            () -> new ViewFactory(settings.views(), settings.decodeLimits(), config.seed()));
    pool = made;
    int size = config.views().geometry().size();
    AugmentFunction augment =
        new AugmentFunction(
            made,
            size,
            settings.needs().keyViews(),
            madeBy,
            settings.recordBytes(),
            config.limits().names(),
            this::tell);
    return batch -> {
      images.add(batch.size());
      return augment.apply(batch);
    };
  }

  @Override
  protected void release() {
    ViewPool open = pool;
    if (open != null) {
      open.close();
    }
  }
}
