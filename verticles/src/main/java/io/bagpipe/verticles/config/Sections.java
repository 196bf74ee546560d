package io.bagpipe.verticles.config;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All keys, in the order in which they are documented. */
final class Sections {
  static final List<Key<?>> KEYS =
      Stream.of(
              BagpipeConfig.KEYS,
              ServiceConfig.KEYS,
              DataConfig.KEYS,
              HttpConfig.KEYS,
              KafkaConfig.KEYS,
              TopicsConfig.KEYS,
              ViewsConfig.KEYS,
              LimitsConfig.KEYS,
              ReferencesConfig.KEYS,
              TeacherConfig.KEYS,
              StudentConfig.KEYS,
              TrainConfig.KEYS,
              ObjectiveKeys.KEYS,
              BagsConfig.KEYS,
              RehearsalConfig.KEYS,
              DriftConfig.KEYS,
              ProbeConfig.KEYS,
              EvalConfig.KEYS,
              PromoteConfig.KEYS,
              CheckpointConfig.KEYS,
              StagesConfig.KEYS,
              GatesConfig.KEYS,
              ShutdownConfig.KEYS,
              TracingConfig.KEYS)
          .<Key<?>>flatMap(List::stream)
          .toList();

  static final Map<String, Key<?>> BY_PATH =
      KEYS.stream().collect(Collectors.toUnmodifiableMap(Key::path, Function.identity()));

  static final Map<String, Key<?>> BY_ENVIRONMENT =
      KEYS.stream()
          .collect(Collectors.toUnmodifiableMap(Key::environmentName, Function.identity()));

  private Sections() {}
}
