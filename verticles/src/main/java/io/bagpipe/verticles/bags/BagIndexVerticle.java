package io.bagpipe.verticles.bags;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.model.index.BagConfig;
import io.bagpipe.model.index.WindowMemory;
import io.bagpipe.model.index.WindowStatistics;
import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageSettings;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.BagsConfig;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Settings;
import io.bagpipe.verticles.stage.StageVerticle;
import io.bagpipe.verticles.stage.TopicTrimmer;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code embeddings} to {@code bags}: the rolling index, and a member for each anchor. */
public final class BagIndexVerticle extends StageVerticle {
  private static final long REPORT_MILLIS = 5_000;

  private final BagpipeConfig config;
  private final Settings settings;
  private final Surroundings surroundings;
  private final Dimensions dimensions;
  private @Nullable Windows windows;
  private @Nullable MemberViews members;
  private @Nullable Rehearser rehearser;
  private @Nullable DriftWatch drift;
  private @Nullable TopicTrimmer trimmer;

  /**
   * Values of the teacher's two outputs.
   *
   * @param key of an embedding
   */
  public record Dimensions(int features, int key) {}

  public BagIndexVerticle(
      BagpipeConfig config, Settings settings, Dimensions dimensions, Surroundings surroundings) {
    super(Stage.BAGS, stage(config, settings), surroundings);
    this.config = config;
    this.settings = settings;
    this.dimensions = dimensions;
    this.surroundings = surroundings;
  }

  private static StageSettings stage(BagpipeConfig config, Settings settings) {
    return settings.stage(
        BagFunction.STAGE,
        config.topics().embeddings(),
        config.topics().bags(),
        kept(config),
        Stage.STUDENT.id(),
        BatchLimits.single());
  }

  /** The topics that what is kept of a partition goes to. */
  private static Set<String> kept(BagpipeConfig config) {
    Set<String> topics = new HashSet<>();
    if (config.rehearsal().isOn()) {
      topics.add(config.topics().memory());
    }
    if (config.drift().isOn()) {
      topics.add(config.topics().drift());
    }
    return topics;
  }

  @Override
  protected StageFunction function() {
    boolean global = config.bags().scope() == BagsConfig.Scope.GLOBAL;
    WindowMemory.check(held(config, settings), dimensions.features(), global ? partitions() : 1);
    Windows.Setup setup =
        new Windows.Setup(
            settings.bags(),
            config.seed(),
            dimensions,
            Kept.of(settings.needs()),
            surroundings.kafka(),
            new Makers(surroundings.recipe().embeddings(), config.service().onOtherMaker()),
            config.topics().embeddings(),
            config.topics().bags(),
            waiting(),
            restoring,
            new HeldOut(config.probe().share(), config.seed()));
    Windows made =
        global
            ? Windows.ofAll(setup, surroundings.onFailure())
            : Windows.ofPartitions(setup, new Room(WindowMemory::isTight, this::giveUp));
    windows = made;
    ViewFactory views = new ViewFactory(settings.views(), settings.decodeLimits(), config.seed());
    MemberViews drawing = new MemberViews(views, views, settings.needs().keyViews(), made::member);
    members = drawing;
    return new BagFunction(
        made,
        new BagFunction.Drawing(drawing, rehearser(setup, views), watch(setup, made)),
        settings.needs(),
        surroundings.recipe().bags(),
        settings.recordBytes(),
        config.topics().images(),
        images,
        this::tell);
  }

  private @Nullable Rehearser rehearser(Windows.Setup setup, ViewFactory original) {
    if (!config.rehearsal().isOn()) {
      return null;
    }
    Rehearsal memories =
        new Rehearsal(setup, settings.rehearsal(), Kept.toRehearse(settings.needs()));
    Rehearser made =
        new Rehearser(
            memories, settings.needs(), original, settings.rehearsedViews(memories.most()));
    rehearser = made;
    return made;
  }

  private @Nullable DriftWatch watch(Windows.Setup setup, Windows made) {
    if (!config.drift().isOn()) {
      return null;
    }
    DriftWatch watching =
        new DriftWatch(
            setup,
            config.topics().drift(),
            settings.drift(),
            made,
            event -> event.publish(vertx.eventBus()));
    drift = watching;
    return watching;
  }

  /** What is held of a partition: its window, and the memory beside it. */
  private static BagConfig held(BagpipeConfig config, Settings settings) {
    BagConfig bags = settings.bags();
    return config.rehearsal().isOn() ? settings.rehearsal().memory().beside(bags) : bags;
  }

  private int partitions() {
    try (LogReader log = new LogReader(surroundings.kafka())) {
      return log.partitions(config.topics().embeddings());
    }
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
                      settings.group(Stage.BAGS.id()),
                      made::neededFrom);
              trimmer = trims;
              trims.start();
            });
  }

  private Windows.Waiting waiting() {
    var bags = config.bags();
    return new Windows.Waiting(
        bags.young() == BagsConfig.Young.WAIT ? bags.minWindow() : 0,
        BagsConfig.mostWaiting(config.views().geometry().size()));
  }

  private void report(Windows made) {
    DriftWatch watching = drift;
    if (watching != null) {
      watching.report().forEach(event -> event.publish(vertx.eventBus()));
    }
    vertx
        .executeBlocking(
            () ->
                made.look(
                    look -> {
                      List<WindowStatistics> all = new ArrayList<>();
                      look.all().forEach(window -> all.add(window.statistics()));
                      return IndexReport.of(
                          all,
                          Objects.requireNonNull(members).passedOver(),
                          remembered(),
                          Instant.now());
                    }),
            false)
        .onSuccess(
            event -> {
              if (event != null) {
                event.publish(vertx.eventBus());
              }
            });
  }

  private IndexEvent.Memory remembered() {
    Rehearser remembers = rehearser;
    return remembers == null ? IndexEvent.Memory.NONE : remembers.report();
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
    Rehearser remembers = rehearser;
    if (remembers != null) {
      remembers.rehearsal().close();
    }
  }
}
