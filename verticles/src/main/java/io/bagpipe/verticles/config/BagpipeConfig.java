package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.choices;
import static io.bagpipe.verticles.config.ValueTypes.text;
import static io.bagpipe.verticles.config.ValueTypes.whole;

import java.util.List;
import java.util.Set;

/**
 * The whole configuration, checked. Made once at the top by {@link ConfigSources#load} and handed
 * down in parts; immutable.
 *
 * @param preset that the rest began with
 * @param seed of every random draw
 * @param instanceId tells the members of one service apart, in transactions and metrics
 * @param roles the stages that this process runs
 */
public record BagpipeConfig(
    String preset,
    long seed,
    String instanceId,
    Set<Role> roles,
    ServiceConfig service,
    DataConfig data,
    HttpConfig http,
    KafkaConfig kafka,
    TopicsConfig topics,
    ViewsConfig views,
    LimitsConfig limits,
    ReferencesConfig references,
    TeacherConfig teacher,
    StudentConfig student,
    TrainConfig train,
    BagsConfig bags,
    RehearsalConfig rehearsal,
    DriftConfig drift,
    ProbeConfig probe,
    EvalConfig eval,
    PromoteConfig promote,
    CheckpointConfig checkpoint,
    StagesConfig stages,
    GatesConfig gates,
    ShutdownConfig shutdown,
    TracingConfig tracing) {
  static final Key<String> PRESET =
      new Key<>(
          "preset",
          text(Presets.VALID, Presets::isOne),
          "fashion-mnist",
          "What is set before everything else: fashion-mnist (small grey pictures), cifar (32 pixels in"
              + " colour), small-photos (112 pixels, what two cores can do), imagenet (224 pixels and"
              + " the paper's numbers), or a file of yours that begins with `extends: imagenet` and"
              + " goes on like this one. The values below are the built-in ones; one that is given wins"
              + " over the preset's, so copy only what you change. No preset brings a teacher.");
  static final Key<Long> SEED =
      new Key<>(
          "seed",
          whole(Long.MIN_VALUE, Long.MAX_VALUE),
          "1",
          "Of every random draw: the same seed on the same stream gives the same student.");
  static final Key<String> INSTANCE_ID =
      new Key<>(
          "instance.id",
          text(
              "a name (letters, digits, '.', '_', '-'; at most 64)",
              s -> s.matches("[A-Za-z0-9._-]{1,64}")),
          "0",
          "Name of this process among those of one service; it must stay the same over a restart.");
  static final Key<Set<Role>> ROLES =
      new Key<>(
          "roles",
          choices(Role.class),
          "[augment, teacher, bags, student, ops]",
          "Stages that this process runs.");

  static final List<Key<?>> KEYS = List.of(PRESET, SEED, INSTANCE_ID, ROLES);

  public BagpipeConfig {
    roles = Set.copyOf(roles);
    train.checkViews(views.geometry().size());
    bags.checkWaiting(views.geometry().size());
    bags.checkNames(views.geometry().size(), limits);
  }

  static BagpipeConfig from(Values v) {
    return new BagpipeConfig(
        v.get(PRESET),
        v.get(SEED),
        v.get(INSTANCE_ID),
        v.get(ROLES),
        ServiceConfig.from(v),
        DataConfig.from(v),
        HttpConfig.from(v),
        KafkaConfig.from(v),
        TopicsConfig.from(v),
        ViewsConfig.from(v),
        LimitsConfig.from(v),
        ReferencesConfig.from(v),
        TeacherConfig.from(v),
        StudentConfig.from(v),
        TrainConfig.from(v),
        BagsConfig.from(v),
        RehearsalConfig.from(v),
        DriftConfig.from(v),
        ProbeConfig.from(v),
        EvalConfig.from(v),
        PromoteConfig.from(v),
        CheckpointConfig.from(v),
        StagesConfig.from(v),
        GatesConfig.from(v),
        ShutdownConfig.from(v),
        TracingConfig.from(v));
  }
}
