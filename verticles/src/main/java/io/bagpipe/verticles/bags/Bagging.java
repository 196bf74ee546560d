package io.bagpipe.verticles.bags;

import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.stage.StageFunction;
import io.bagpipe.streams.stage.StageOutput;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.BagsConfig;
import io.bagpipe.verticles.config.ConfigException;
import io.bagpipe.verticles.stage.Makers;
import io.bagpipe.verticles.stage.Recipe;
import io.bagpipe.verticles.stage.RestoreMeter;
import io.bagpipe.verticles.stage.Settings;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BagIndexVerticle} does with the records of one partition, from its first on, without
 * Kafka around it: window, bags, rehearsal. The stream is not watched for changes. Confined to one
 * thread; whoever makes it closes it.
 */
public final class Bagging implements StageFunction, AutoCloseable {
  /** Nothing is read back here; where something were, it would fail at once by this name. */
  private static final KafkaSettings NO_KAFKA = KafkaSettings.of("no-kafka.invalid:9");

  private static final int PARTITION = 0;

  private final Windows windows;
  private final @Nullable Rehearsal memories;
  private final BagFunction function;

  /**
   * An empty window, and an empty memory.
   *
   * @param onDeadLetter told of each image that could not be used
   * @throws ConfigException when anchors are to wait for a window to fill, or changes of the stream
   *     are to be acted on: both need the service
   */
  public Bagging(
      BagpipeConfig config,
      Settings settings,
      Recipe recipe,
      BagIndexVerticle.Dimensions dimensions,
      Consumer<DeadLetter> onDeadLetter) {
    if (config.bags().young() == BagsConfig.Young.WAIT) {
      throw new ConfigException(
          "bags.young: \"wait\" is not valid here; expected train: anchors wait in the log of a"
              + " service");
    }
    if (config.probe().isOn()) {
      throw new ConfigException(
          "probe.share: \""
              + config.probe().share()
              + "\" is not valid here; expected 0: a service asks its student about eras");
    }
    Windows.Setup setup =
        new Windows.Setup(
            settings.bags(),
            config.seed(),
            dimensions,
            Kept.of(settings.needs()),
            NO_KAFKA,
            new Makers(recipe.embeddings(), config.service().onOtherMaker()),
            config.topics().embeddings(),
            config.topics().bags(),
            new Windows.Waiting(0, 0),
            new RestoreMeter(),
            new HeldOut(0, config.seed()));
    windows = Windows.ofPartitions(setup);
    ViewFactory views = new ViewFactory(settings.views(), settings.decodeLimits(), config.seed());
    Rehearser rehearser = null;
    Rehearsal remembering = null;
    if (config.rehearsal().isOn()) {
      remembering = new Rehearsal(setup, settings.rehearsal(), Kept.toRehearse(settings.needs()));
      rehearser =
          new Rehearser(
              remembering, settings.needs(), views, settings.rehearsedViews(remembering.most()));
      remembering.begin(PARTITION);
    }
    memories = remembering;
    function =
        new BagFunction(
            windows,
            new BagFunction.Drawing(
                new MemberViews(views, views, settings.needs().keyViews(), windows::member),
                rehearser,
                null),
            settings.needs(),
            recipe.bags(),
            settings.recordBytes(),
            config.topics().images(),
            new LongAdder(),
            onDeadLetter);
  }

  /** Takes up its partition, before the first record. */
  public void begin() {
    try {
      windows.open(PARTITION, 0);
    } catch (Exception e) {
      throw new IllegalStateException("an empty window: " + e.getMessage(), e);
    }
  }

  /** What the memory of earlier images takes, bytes; 0 without one. */
  public long rememberedBytes() {
    return memories == null ? 0 : memories.bytes();
  }

  @Override
  public StageOutput apply(List<InputRecord> records) throws Exception {
    return function.apply(records);
  }

  @Override
  public void close() {
    windows.close();
    if (memories != null) {
      memories.close();
    }
  }
}
