package io.bagpipe.verticles.stage;

import io.bagpipe.model.augment.ViewConfig;
import io.bagpipe.model.augment.ViewFactory;
import io.bagpipe.model.drift.DetectorConfig;
import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.image.DecodeLimits;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.index.BagConfig;
import io.bagpipe.model.index.BagConfig.MemberChoice;
import io.bagpipe.model.memory.MemoryConfig;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.Objectives;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.train.TrainerConfig;
import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.OnGap;
import io.bagpipe.streams.intake.QueueLimits;
import io.bagpipe.streams.kafka.TopicSettings;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.streams.reference.ReferenceSettings;
import io.bagpipe.streams.stage.LagGate;
import io.bagpipe.streams.stage.StageSettings;
import io.bagpipe.streams.stage.StageSettings.TransactionLimits;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.BagsConfig;
import io.bagpipe.verticles.config.ServiceConfig;
import io.bagpipe.verticles.config.TopicsConfig;
import io.bagpipe.verticles.config.ViewsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The configuration in the terms of the parts that it configures. Immutable. */
public final class Settings {
  private static final Duration TRANSACTION_INTERVAL = Duration.ofMillis(50);
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(20);
  private static final long TRANSACTION_BYTES = 16L << 20;

  /** Side of views, pixels: from here on they are more bytes than most files. */
  private static final int LEAST_DRAWN_LATE = 64;

  private final BagpipeConfig config;

  public Settings(BagpipeConfig config) {
    this.config = config;
  }

  /** The consumer group of a stage of this service. */
  public String group(String stage) {
    return group(config.service().name(), stage);
  }

  /** The consumer group of a stage of any service. */
  public static String group(String service, String stage) {
    return service + "-" + stage;
  }

  /** The key of a run's students: the run alone for the service that has no name of its own. */
  public String studentKey(String run) {
    String service = config.service().name();
    return service.equals(ServiceConfig.STANDARD) ? run : service + "/" + run;
  }

  public Topics topics() {
    var names = config.topics();
    return new Topics(
        names.images(),
        names.dlq(),
        names.views(),
        names.embeddings(),
        names.bags(),
        names.students(),
        names.memory(),
        names.drift());
  }

  public TopicSettings topicSettings() {
    return new TopicSettings(
            config.topics().partitions(),
            config.topics().replication(),
            recordBytes(),
            TopicSettings.defaults().innerCompression(),
            null)
        .withRetentionAccepted(config.topics().onRetention() == TopicsConfig.OnRetention.ACCEPT);
  }

  /** Largest record that a stage writes, bytes. */
  public int recordBytes() {
    return Math.toIntExact(config.limits().recordBytes());
  }

  /**
   * A stage between two topics.
   *
   * @param state topics of what the stage keeps
   * @param downstream the stage that consumes the output
   * @param batch how records are gathered for one call of its function
   */
  public StageSettings stage(
      String stage,
      String input,
      @Nullable String output,
      Set<String> state,
      String downstream,
      BatchLimits batch) {
    var gates = config.gates();
    return new StageSettings(
        stage,
        intake(stage, input),
        output,
        config.topics().dlq(),
        state,
        batch,
        new TransactionLimits(
            TRANSACTION_INTERVAL,
            Math.max(TRANSACTION_BYTES, recordBytes()),
            TRANSACTION_TIMEOUT,
            recordBytes(),
            TopicSettings.defaults().innerCompression()),
        new LagGate.Settings(
            group(downstream),
            gates.lowBatches(),
            gates.highBatches(),
            gates.lowBytes(),
            gates.highBytes(),
            LagGate.Settings.DEFAULT_PERIOD,
            gates.ahead()));
  }

  public IntakeSettings intake(String stage, String topic) {
    return intake(stage, topic, config.instanceId());
  }

  /**
   * @param member of the group; one that comes under the same name drives the former out
   */
  public IntakeSettings intake(String stage, String topic, String member) {
    var stages = config.stages();
    return IntakeSettings.of(
            topic,
            group(stage),
            member,
            new QueueLimits(
                stages.queueLow(),
                stages.queueHigh(),
                stages.queueBytes() / 4,
                stages.queueBytes()))
        .withMaxRecordBytes(recordBytes())
        .withOnGap(onGap());
  }

  /** What to do where a place in a topic is gone. */
  public OnGap onGap() {
    return OnGap.valueOf(config.topics().onGap().name());
  }

  public ViewConfig views() {
    ViewsConfig views = config.views();
    var geometry = views.geometry();
    return new ViewConfig(
        geometry.size(),
        geometry.pad(),
        new ViewConfig.Crop(
            views.crop().minArea(),
            views.crop().maxArea(),
            views.crop().minRatio(),
            views.crop().maxRatio()),
        new ViewConfig.Jitter(
            views.jitter().probability(),
            views.jitter().brightness(),
            views.jitter().contrast(),
            views.jitter().saturation(),
            views.jitter().hue()),
        views.grayscale(),
        new ViewConfig.Blur(
            views.blur().probability(), views.blur().minSigma(), views.blur().maxSigma()),
        views.flip(),
        geometry.indexResize() / (double) geometry.size());
  }

  public DecodeLimits decodeLimits() {
    var limits = config.limits();
    return new DecodeLimits(
        Math.toIntExact(limits.imageBytes()), limits.imagePixels(), limits.decode());
  }

  /** What may be fetched, and how. */
  public ReferenceSettings references() {
    return ReferenceTerms.of(config.references(), Math.toIntExact(config.limits().imageBytes()));
  }

  public TeacherOptions teacher() {
    var teacher = config.teacher();
    return new TeacherOptions(
        teacher.input(),
        teacher.features(),
        teacher.embedding(),
        config.views().geometry().size(),
        Math.min(teacher.batch(), TeacherOptions.CHUNK),
        cores(teacher.threads()),
        teacher.mean().toArray(),
        teacher.std().toArray());
  }

  /** What runs the teacher, and on what. */
  public TeacherEngineOptions teacherEngine() {
    var engine = config.teacher().engine();
    return new TeacherEngineOptions(
        engine.name(), Device.of(engine.device()), engine.precision(), config.teacher().batch());
  }

  public BagConfig bags() {
    var bags = config.bags();
    return new BagConfig(
        bags.window(),
        bags.bytes(),
        bags.k(),
        bags.minSimilarity(),
        bags.nearDuplicate() >= 1 ? BagConfig.DEFAULT.nearDuplicate() : bags.nearDuplicate(),
        MemberChoice.valueOf(bags.member().name().toUpperCase(Locale.ROOT)),
        bags.young() == BagsConfig.Young.WAIT ? 1 : bags.minWindow(),
        null);
  }

  /** What the bag index remembers, and draws from that. */
  public RehearsalSettings rehearsal() {
    var rehearsal = config.rehearsal();
    return RehearsalSettings.of(
        config.topics().memory(),
        rehearsal.share(),
        new MemoryConfig(
            rehearsal.memory(),
            rehearsal.bytes(),
            MemoryConfig.Policy.valueOf(rehearsal.policy().name())));
  }

  /** How the stream is watched for changes. */
  public DetectorConfig drift() {
    var drift = config.drift();
    return new DetectorConfig(drift.reference(), drift.window(), drift.runLength());
  }

  /** What draws views of remembered images, each apart from the others and from the anchor's. */
  public List<ViewFactory> rehearsedViews(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Draw.of(config.seed(), i, Purpose.REHEARSAL).nextLong())
        .map(seed -> new ViewFactory(views(), decodeLimits(), seed))
        .toList();
  }

  /** What the student learns by. */
  public ObjectiveProvider objective() {
    return Objectives.of(config.train().objective().name());
  }

  /** What the stages make of each image for it. */
  public Needs needs() {
    return new Needs(objective().needs());
  }

  public ObjectiveConfig objectiveConfig() {
    var train = config.train();
    return new ObjectiveConfig(
        train.queue(),
        (float) train.temperature(),
        train.warmupImages(),
        config.seed(),
        train.objective().options());
  }

  public TrainerConfig trainer() {
    var optimiser = config.train().optimiser();
    return new TrainerConfig(
        optimiser.lr(),
        optimiser.lrFloor(),
        (float) optimiser.momentum(),
        (float) optimiser.weightDecay(),
        config.train().horizonImages());
  }

  /** How the student's engine takes uint8 views. */
  public PixelNormalizer studentPixels() {
    return new PixelNormalizer(config.views().mean().toArray(), config.views().std().toArray());
  }

  /** What computes the student, and on what. */
  public EngineOptions engine() {
    var student = config.student();
    return new EngineOptions(
        student.engine().name(),
        Device.of(student.engine().device()),
        student.engine().precision(),
        config.train().threads());
  }

  /**
   * Images of one call of the augment stage: with their views and files they make one record, so
   * that what comes after takes as many in a call. Views have three quarters of it at most, and are
   * a whole number of the teacher's chunks where they fill one.
   */
  public BatchLimits imageBatches() {
    int size = config.views().geometry().size();
    long views = (needs().keyViews() ? 3L : 2L) * 3 * size * size;
    long fit = Math.min(config.teacher().batch(), recordBytes() * 3L / 4 / views);
    if (fit > TeacherOptions.CHUNK && fit < config.teacher().batch()) {
      fit -= fit % TeacherOptions.CHUNK;
    }
    int images = (int) Math.max(1, fit);
    return new BatchLimits(
        images, Math.max(1, recordBytes() - images * views), config.stages().linger());
  }

  /** Whether the augment stage draws the views; else the teacher stage does. */
  public boolean augmentDraws() {
    return switch (config.stages().drawViews()) {
      case AUGMENT -> true;
      case TEACHER -> false;
      case AUTO -> config.views().geometry().size() < LEAST_DRAWN_LATE;
    };
  }

  /** Threads that draw views, each with what it needs; to be closed. */
  public ViewPool viewPool() {
    return new ViewPool(
        cores(config.stages().augmentThreads()),
        () -> new ViewFactory(views(), decodeLimits(), config.seed()));
  }

  /** 0 in the configuration means all cores. */
  public static int cores(int configured) {
    return configured == 0 ? Runtime.getRuntime().availableProcessors() : configured;
  }
}
