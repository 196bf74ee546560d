package io.bagpipe.verticles.augment;

import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.reference.References;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.ReferencesEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.FirstPictures;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import io.bagpipe.verticles.stage.ViewPool;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code images} to {@code views}: fetches what is a reference, decodes safely, draws the views of
 * each image, or leaves that to the teacher stage.
 */
public final class AugmentVerticle extends StageVerticle {
  private static final long REPORT_MILLIS = 1000;

  private final BagpipeConfig config;
  private final Settings settings;
  private final String madeBy;
  private final FirstPictures first;
  private @Nullable ViewPool pool;
  private @Nullable References references;
  private long reports = -1;

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
    StageFunction counted =
        batch -> {
          images.add(batch.size());
          return augment.apply(batch);
        };
    References fetching = new References(vertx, settings.references());
    references = fetching;
    reports = vertx.setPeriodic(REPORT_MILLIS, tick -> report(fetching));
    return new FetchingFunction(
        fetching::fetch, settings.imageBatches().maxBytes(), counted, this::tellRefused);
  }

  /** It is no image that augment has counted. */
  private void tellRefused(DeadLetter image) {
    images.increment();
    tell(image);
  }

  private void report(References fetching) {
    new ReferencesEvent(fetching.counts(), Instant.now()).publish(vertx.eventBus());
  }

  @Override
  protected void release() {
    vertx.cancelTimer(reports);
    References fetching = references;
    if (fetching != null) {
      fetching.close();
      report(fetching);
    }
    ViewPool open = pool;
    if (open != null) {
      open.close();
    }
  }
}
