package io.bagpipe.verticles.augment;

import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.FirstPictures;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import io.bagpipe.verticles.stage.ViewPool;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code images} to {@code views}: decodes safely, draws the views of each image, or leaves that to
 * the teacher stage.
 */
public final class AugmentVerticle extends StageVerticle {
  private final BagpipeConfig config;
  private final Settings settings;
  private final String madeBy;
  private final FirstPictures first;
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
    this.first = new FirstPictures(config.views());
    this.madeBy = surroundings.recipe().views().text();
  }

  @Override
  protected StageFunction function() {
    ViewPool made = settings.viewPool();
    pool = made;
    int size = config.views().geometry().size();
    AugmentFunction augment =
        new AugmentFunction(
            made,
            size,
            new AugmentFunction.Views(settings.augmentDraws(), settings.needs().keyViews()),
            madeBy,
            settings.recordBytes(),
            config.limits().names(),
            this::tell,
            (side, view) -> look(first, side, view));
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
