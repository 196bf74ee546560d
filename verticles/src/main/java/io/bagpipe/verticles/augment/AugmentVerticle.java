package io.bagpipe.verticles.augment;

import com.google.protobuf.ByteString;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code images} to {@code views}: decodes safely, draws the views of each image. */
public final class AugmentVerticle extends StageVerticle {
  private static final Logger LOG = LoggerFactory.getLogger(AugmentVerticle.class);

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
            this::tell,
            this::look);
    return batch -> {
      images.add(batch.size());
      return augment.apply(batch);
    };
  }

  /** On the stage's worker thread. */
  private void look(int shorterSide, ByteString indexView) {
    if (first.saw(shorterSide, indexView)) {
      String said = first.notice();
      if (!said.isEmpty() && notice().isEmpty()) {
        LOG.warn("{}", said);
      }
      notice(said);
    }
  }

  @Override
  protected void release() {
    ViewPool open = pool;
    if (open != null) {
      open.close();
    }
  }
}
