package io.bagpipe.verticles.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSourcesTest {
  @TempDir Path dir;

  @Test
  void defaultsAreTheDemosButForTheTeacher() {
    BagpipeConfig config = set();

    assertThat(config.data().dir()).isEqualTo(Path.of("/home/ann/.bagpipe"));
    assertThat(config.kafka().embedded()).isTrue();
    assertThat(config.http().host()).isEqualTo("127.0.0.1");
    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.preset()).isEqualTo("fashion-mnist");
    assertThat(config.teacher().path()).isEmpty();
    assertThat(config.student().arch()).isEqualTo(StudentConfig.Arch.RESNET18);
    assertThat(config.student().width()).isEqualTo(16);
    assertThat(config.train().batch()).isEqualTo(64);
    assertThat(config.train().queue()).isEqualTo(4096);
    assertThat(config.train().optimiser().lr()).isEqualTo(0.03);
    assertThat(config.bags().k()).isEqualTo(5);
    assertThat(config.bags().window()).isEqualTo(16384);
    assertThat(config.seed()).isEqualTo(1);
    assertThat(config.roles()).containsExactlyInAnyOrder(Role.values());
  }

  @Test
  void laterLayersWin() throws IOException {
    Path file = file("train: {batch: 16, queue: 16}\nseed: 16\ntrain.lr: 0.16\n");
    Map<String, String> preferred =
        Map.of("train.batch", "8", "seed", "8", "train.lr", "8", "eval.k", "8", "train.queue", "8");
    Map<String, String> environment = Map.of("BAGPIPE_SEED", "24", "BAGPIPE_TRAIN_QUEUE", "24");

    BagpipeConfig config =
        new ConfigSources(preferred, file, environment, List.of("seed=31", "seed=32")).load();

    assertThat(config.eval().k()).isEqualTo(8);
    assertThat(config.train().batch()).isEqualTo(16);
    assertThat(config.train().optimiser().lr()).isEqualTo(0.16);
    assertThat(config.train().queue()).isEqualTo(24);
    assertThat(config.seed()).isEqualTo(32);
    assertThat(config.bags().k()).isEqualTo(5);
  }

  @Test
  void saysWhetherAnybodyGaveAKey() {
    ConfigSources sources =
        new ConfigSources(Map.of("seed", "2"), null, Map.of(), List.of("train.batch=2"));

    assertThat(sources.gives("train.batch")).isTrue();
    assertThat(sources.gives("seed")).isFalse();
    assertThat(sources.gives("bags.k")).isFalse();
  }

  @Test
  void readsUnits() {
    BagpipeConfig config =
        set("limits.image-bytes=3 MB", "limits.record-bytes=64MiB", "checkpoint.every=5m");

    assertThat(config.limits().imageBytes()).isEqualTo(3_000_000);
    assertThat(config.limits().recordBytes()).isEqualTo(64L << 20);
    assertThat(config.checkpoint().every()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void readsListsPathsAndChannels() throws IOException {
    Path file = file("roles: [teacher, ops]\nviews.mean: [0.1, 0.2, 0.3]\nviews: {std: 0.5}\n");

    BagpipeConfig config =
        new ConfigSources(
                Map.of(), file, Map.of("HOME", "/home/ann"), List.of("teacher.path=~/t.onnx"))
            .load();

    assertThat(config.roles()).isEqualTo(Set.of(Role.TEACHER, Role.OPS));
    assertThat(config.views().mean()).isEqualTo(new Channels(0.1, 0.2, 0.3));
    assertThat(config.views().std()).isEqualTo(new Channels(0.5, 0.5, 0.5));
    assertThat(config.teacher().path()).isEqualTo("/home/ann/t.onnx");
  }

  @Test
  void passesKafkaPropertiesThroughFlatNestedAndFromTheEnvironment() throws IOException {
    Path file =
        file(
            """
            kafka:
              bootstrap.servers: [a:9092, "b:9092"]
              sasl: {mechanism: PLAIN}
            kafka.security.protocol: SASL_SSL
            """);
    Map<String, String> environment = Map.of("BAGPIPE_KAFKA_SSL_TRUSTSTORE_LOCATION", "/t.p12");

    KafkaConfig kafka =
        new ConfigSources(Map.of(), file, environment, List.of("kafka.my.plugin.option=x"))
            .load()
            .kafka();

    assertThat(kafka.embedded()).isFalse();
    assertThat(kafka.bootstrapServers()).isEqualTo("a:9092,b:9092");
    assertThat(kafka.properties())
        .containsOnly(
            Map.entry("sasl.mechanism", "PLAIN"),
            Map.entry("security.protocol", "SASL_SSL"),
            Map.entry("ssl.truststore.location", "/t.p12"),
            Map.entry("my.plugin.option", "x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train.bacth=3                     | train.bacth: "3" is of an unknown key; did you mean train.batch? (set by --set)
          batch=3                           | batch: "3" is of an unknown key; all keys: docs/bagpipe.yaml (set by --set)
          train=3                           | train: "3" is not valid; expected a section with train.batch,
          train.batch=x                     | train.batch: "x" is not valid; expected a whole number from 2 to 65536 (set by --set)
          train.batch=1                     | train.batch: "1" is not valid; expected a whole number from 2 to 65536
          train.batch=64.5                  | train.batch: "64.5" is not valid; expected a whole number
          train.batch=                      | train.batch: "" is not valid; expected a whole number
          train.lr=0                        | train.lr: "0" is not valid; expected a number greater than 0, at most 100
          train.lr=NaN                      | train.lr: "NaN" is not valid
          views.flip=1.5                    | views.flip: "1.5" is not valid; expected a number from 0 to 1
          views.mean=0.1,0.2                | views.mean: "0.1,0.2" is not valid; expected one number, or three
          student.arch=resnet19             | student.arch: "resnet19" is not valid; expected one of resnet18, resnet34, resnet50, mobilenet_v3_large, efficientnet_b0
          roles=teacher,cook                | roles: "teacher,cook" is not valid; expected a list of augment, teacher, bags, student, ops
          checkpoint.every=60               | checkpoint.every: "60" is not valid; expected a time with its unit (ms, s, m, h, d)
          limits.image-bytes=9999999999999TB | limits.image-bytes: "9999999999999TB" is not valid; expected a size
          limits.record-bytes=1MiB          | limits.record-bytes: "1MiB" is not valid; expected at least limits.image-bytes (8MiB)
          kafka.bootstrap.servers=localhost | kafka.bootstrap.servers: "localhost" is not valid; expected host:port
          kafka.group.id=mine               | kafka.group.id: "mine" is not valid; Bagpipe sets this property itself
          kafka.securty.protocol=SSL        | kafka.securty.protocol: "SSL" is of an unknown key; did you mean kafka.security.protocol?
          kafka.sasl.jaas.confg=geheim      | kafka.sasl.jaas.confg: "***" is of an unknown key; did you mean kafka.sasl.jaas.config?
          bags.window=5                     | bags.k: "5" is not valid; expected less than bags.window (5)
          gates.low-batches=32              | gates.low-batches: "32" is not valid; expected less than gates.high-batches (32)
          stages.queue-low=900              | stages.queue-low: "900" is not valid; expected less than stages.queue-high (256)
          topics.dlq=images                 | topics: "images" is named twice
          views.crop.min-ratio=2            | views.crop.min-ratio: "2.0" is not valid; expected at most views.crop.max-ratio
          teacher.path=builtin:cifar        | teacher.path: "builtin:cifar" is not valid; expected an ONNX file, builtin:fashion-mnist, or empty
          nonsense                          | --set nonsense: expected key=value
          """)
  void refusesInOneLine(String assignment, String expected) {
    assertThatThrownBy(() -> set(assignment))
        .isInstanceOf(ConfigException.class)
        .message()
        .startsWith(expected)
        .doesNotContain("\n")
        .doesNotContain("geheim");
  }

  @Test
  void aRecordOfBagsHoldsAllItsNames() {
    assertThat(set("bags.k=1024").bags().k()).isEqualTo(1024);
    assertThat(set("bags.k=246", "limits.id-bytes=64KiB").bags().k()).isEqualTo(246);
    assertThatThrownBy(() -> set("bags.k=247", "limits.id-bytes=64KiB"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "bags.k: \"247\" is not valid; expected at most 246 with limits.record-bytes 16MiB,"
                + " views.size 32");
  }

  @Test
  void theViewsOfABatchAreOneArray() {
    assertThat(set("views.size=224", "train.batch=14266").train().batch()).isEqualTo(14_266);
    assertThatThrownBy(() -> set("views.size=224", "train.batch=14267"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "train.batch: \"14267\" is not valid; expected at most 14266 with views.size 224");
  }

  @Test
  void whatWaitsForAWindowMustFitIntoMemory() {
    assertThat(set().bags().young()).isEqualTo(BagsConfig.Young.TRAIN);
    assertThat(set().bags().scope()).isEqualTo(BagsConfig.Scope.PARTITION);
    assertThat(set("bags.young=wait", "bags.min-window=10922").bags().minWindow())
        .isEqualTo(10_922);
    assertThat(set("bags.min-window=10923").bags().minWindow()).isEqualTo(10_923);
    assertThatThrownBy(() -> set("bags.young=wait", "bags.min-window=10923"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "bags.min-window: \"10923\" is not valid; expected at most 10922 with bags.young wait"
                + " and views.size 32");
  }

  @Test
  void namesTheFileAndTheVariable() throws IOException {
    Path file = file("seed: many\n");

    assertThatThrownBy(() -> new ConfigSources(Map.of(), file, Map.of(), List.of()).load())
        .hasMessage("seed: \"many\" is not valid; expected a whole number (set by " + file + ")");
    assertThatThrownBy(() -> environment("BAGPIPE_TRAIN_LR_FLOOR", "low"))
        .hasMessageContaining("(set by BAGPIPE_TRAIN_LR_FLOOR)");
    assertThatThrownBy(() -> environment("BAGPIPE_TRAIN_BACTH", "3"))
        .hasMessage("BAGPIPE_TRAIN_BACTH: unknown variable; did you mean BAGPIPE_TRAIN_BATCH?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BAGPIPE_JAVA_OPTS=-Xmx4g",
        "BAGPIPE_SERVICE_HOST=10.0.0.1",
        "BAGPIPE_SERVICE_PORT_HTTP=8080",
        "BAGPIPE_PORT=tcp://10.0.0.1:8080",
        "BAGPIPE_PORT_8080_TCP_ADDR=10.0.0.1",
        "BAGPIPE_KAFKA_SERVICE_HOST=10.0.0.1",
        "BAGPIPE_HTTP_PORT=tcp://10.0.0.1:8080",
        "PATH=/bin"
      })
  void leavesVariablesOfOthersAlone(String variable) {
    String[] parts = variable.split("=", 2);

    assertThat(environment(parts[0], parts[1]).http().port()).isEqualTo(8080);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train: {batch: 2}\ntrain.batch: 3\n",
        "seed: 1\nseed: 2\n",
        "seed: [1, {a: 2}]\n",
        "seed: {1: [}\n",
        "- 1\n",
        "just words\n"
      })
  void refusesFilesThatSayNothingClear(String yaml) throws IOException {
    Path file = file(yaml);

    assertThatThrownBy(() -> new ConfigSources(Map.of(), file, Map.of(), List.of()).load())
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(file.toString())
        .doesNotContain("\n");
  }

  @Test
  void aMissingFileIsAnErrorAnEmptyOneIsNot() throws IOException {
    Path none = dir.resolve("none.yaml");
    Path empty = file("# nothing\n");

    assertThatThrownBy(() -> new ConfigSources(Map.of(), none, Map.of(), List.of()).load())
        .hasMessageStartingWith(none + ": no such configuration file");
    assertThat(new ConfigSources(Map.of(), empty, Map.of(), List.of()).load().seed()).isEqualTo(1);
  }

  @Test
  void aSmallRateLowersTheBuiltInFloorButNotAGivenOne() {
    assertThat(set("train.lr=0.0001").train().optimiser().lrFloor()).isEqualTo(0.0001);
    assertThatThrownBy(() -> set("train.lr=0.0001", "train.lr-floor=0.001"))
        .hasMessageContaining("expected at most train.lr");
  }

  private static BagpipeConfig set(String... sets) {
    return new ConfigSources(Map.of(), null, Map.of("HOME", "/home/ann"), List.of(sets)).load();
  }

  @Test
  void anObjectivesOwnNumbersAreKeysAndVariables() {
    Map<String, String> environment = Map.of("BAGPIPE_OBJECTIVE_BINGO_SPACE_SPACE_WEIGHT", "3");
    List<String> sets = List.of("train.objective=bingo+space", "objective.bingo+space.unit-rows=1");
    var learning = new ConfigSources(Map.of(), null, environment, sets).load().train().objective();
    assertThat(learning.name()).isEqualTo("bingo+space");
    assertThat(learning.options()).isEqualTo(Map.of("space-weight", 3.0, "unit-rows", 1.0));
  }

  @Test
  void aNameOfTwoWordsHasAnUnderscoreOrAHyphen() {
    assertThat(set("rehearsal.policy=minimum-redundancy").rehearsal())
        .isEqualTo(set("rehearsal.policy=minimum_redundancy").rehearsal())
        .isNotEqualTo(set().rehearsal());
  }

  private static BagpipeConfig environment(String name, String value) {
    return new ConfigSources(Map.of(), null, Map.of(name, value), List.of()).load();
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(dir.resolve("bagpipe.yaml"), yaml);
  }
}
