package io.bagpipe.verticles.bags;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.index.WindowStatistics;
import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import io.bagpipe.verticles.stage.TopicTrimmer;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code embeddings} to {@code bags}: the rolling index, and a member for each anchor. */
public final class BagIndexVerticle extends StageVerticle {
  private static final long REPORT_MILLIS = 5_000;

  private final BagpipeConfig config;
  private final Settings settings;
  private final Surroundings surroundings;
  private final Dimensions dimensions;
  private @Nullable Windows windows;
  private @Nullable TopicTrimmer trimmer;

  /** Values of the teacher's two outputs. */
  public record Dimensions(int features, int key) {}

  public BagIndexVerticle(
      BagpipeConfig config, Settings settings, Dimensions dimensions, Surroundings surroundings) {
    super(
        Stage.BAGS,
        settings.stage(
            BagFunction.STAGE,
            config.topics().embeddings(),
            config.topics().bags(),
            Stage.STUDENT.id(),
            BatchLimits.single()),
        surroundings);
    this.config = config;
    this.settings = settings;
    this.dimensions = dimensions;
    this.surroundings = surroundings;
  }

  @Override
  protected StageFunction function() {
    Windows made =
        new Windows(
            settings.bags(),
            config.seed(),
            dimensions,
            surroundings.kafka(),
            config.topics().embeddings());
    windows = made;
    ViewFactory views = new ViewFactory(settings.views(), settings.decodeLimits(), config.seed());
    return new BagFunction(made, views, settings.recordBytes(), images);
  }

  @Override
  public Future<?> start() {
    return super.start()
        .onSuccess(
            started -> {
              Windows made = Objects.requireNonNull(windows);
              new BagDesk(vertx, made).open();
              vertx.setPeriodic(REPORT_MILLIS, tick -> report(made));
              String topic = config.topics().embeddings();
              TopicTrimmer trims =
                  new TopicTrimmer(
                      vertx,
                      surroundings.kafka(),
                      topic,
                      Settings.group(Stage.BAGS.id()),
                      committed -> needed(made, committed));
              trimmer = trims;
              trims.start();
            });
  }

  private static Map<Integer, Long> needed(Windows made, Map<Integer, Long> committed) {
    Map<Integer, Long> from = new HashMap<>();
    made.all()
        .forEach(
            (partition, owned) -> {
              Long offset = committed.get(partition);
              long needed = offset == null ? -1 : owned.tail().neededFrom(offset);
              if (needed > 0) {
                from.put(partition, needed);
              }
            });
    return from;
  }

  private void report(Windows made) {
    for (Windows.Owned owned : made.all().values()) {
      vertx
          .executeBlocking(
              () -> {
                synchronized (owned.window()) {
                  return owned.window().statistics();
                }
              },
              false)
          .onSuccess(s -> event(s).publish(vertx.eventBus()));
    }
  }

  private static IndexEvent event(WindowStatistics s) {
    return new IndexEvent(
        s.size(),
        s.live(),
        s.indexBytes() + s.payloadBytes(),
        (s.newestMillis() - s.oldestMillis()) / 1e3,
        Double.isNaN(s.purity()) ? null : s.purity(),
        Double.isNaN(s.meanSimilarity()) ? 0 : s.meanSimilarity(),
        Instant.now());
  }

  @Override
  public Future<?> stop() {
    TopicTrimmer trims = trimmer;
    Future<?> stopped = super.stop();
    return trims == null ? stopped : stopped.eventually(trims::stop);
  }

  @Override
  protected void release() {
    Windows made = windows;
    if (made != null) {
      made.close();
    }
  }
}
