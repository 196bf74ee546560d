package io.bagpipe.verticles.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class PresetsTest {
  static final List<String> NAMES = Presets.NAMES;

  @TempDir Path dir;

  private static ConfigSources sources(String... sets) {
    return new ConfigSources(Map.of(), null, Map.of("HOME", "/home/ann"), Arrays.asList(sets));
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void everyPresetLoadsAndBringsNoTeacher(String name) {
    BagpipeConfig config = sources("preset=" + name).load();

    assertThat(config.preset()).isEqualTo(name);
    assertThat(config.teacher().path()).isEmpty();
    assertThatThrownBy(() -> config.teacher().require())
        .isInstanceOf(ConfigException.class)
        .message()
        .startsWith("teacher.path: is not set")
        .contains("bagpipe teacher import", "model/teachers/export.py", "bagpipe demo", "builtin:")
        .doesNotContain("\n");
  }

  @Test
  void fashionMnistIsTheBuiltInDefaultsByName() {
    Presets.settings("fashion-mnist", dir)
        .forEach(
            (path, setting) -> {
              Key<?> key = Sections.BY_PATH.get(path);
              assertThat(key.canonical(setting.text()))
                  .as(path)
                  .isEqualTo(key.canonical(key.standard()));
            });
    assertThat(sources("preset=fashion-mnist").load()).isEqualTo(sources().load());
  }

  @Test
  void imagenetIsThePapers() {
    BagpipeConfig config = sources("preset=imagenet").load();
    Channels mean = new Channels(0.485, 0.456, 0.406);
    Channels std = new Channels(0.229, 0.224, 0.225);

    assertThat(config.views().geometry()).isEqualTo(new ViewsConfig.Geometry(224, 0, 256));
    assertThat(config.views().crop()).isEqualTo(new ViewsConfig.Crop(0.2, 1, 0.75, 4.0 / 3));
    assertThat(config.views().jitter()).isEqualTo(new ViewsConfig.Jitter(0.8, 0.4, 0.4, 0.4, 0.1));
    assertThat(config.views().blur()).isEqualTo(new ViewsConfig.Blur(0.5, 0.1, 2));
    assertThat(config.views().mean()).isEqualTo(mean);
    assertThat(config.views().std()).isEqualTo(std);
    assertThat(config.teacher().mean()).isEqualTo(mean);
    assertThat(config.teacher().std()).isEqualTo(std);
    assertThat(config.student().arch()).isEqualTo(StudentConfig.Arch.RESNET18);
    assertThat(config.student().width()).isEqualTo(64);
    assertThat(config.student().stem()).isEqualTo(StudentConfig.Stem.IMAGENET);
    assertThat(config.train().batch()).isEqualTo(256);
    assertThat(config.train().queue()).isEqualTo(65_536);
    assertThat(config.train().temperature()).isEqualTo(0.2);
    assertThat(config.train().optimiser().lr()).isEqualTo(0.03);
    assertThat(config.train().optimiser().weightDecay()).isEqualTo(1e-4);
    assertThat(config.train().horizonImages()).isEqualTo(200L * 1_281_167);
    assertThat(config.train().warmupImages()).isEqualTo(11L * 1_281_167);
    assertThat(config.bags().k()).isEqualTo(5);
  }

  @Test
  void itStandsUnderEveryOtherLayer() throws IOException {
    Path file = Files.writeString(dir.resolve("c.yaml"), "preset: imagenet\ntrain.queue: 1024\n");
    ConfigSources sources =
        new ConfigSources(
            Map.of("train.batch", "32"),
            file,
            Map.of("BAGPIPE_STUDENT_WIDTH", "8"),
            List.of("views.size=160"));
    BagpipeConfig config = sources.load();

    assertThat(config.train().batch()).isEqualTo(32);
    assertThat(config.train().queue()).isEqualTo(1024);
    assertThat(config.student().width()).isEqualTo(8);
    assertThat(config.views().geometry()).isEqualTo(new ViewsConfig.Geometry(160, 0, 256));
    assertThat(sources.with("preset=cifar").load().student().stem())
        .isEqualTo(StudentConfig.Stem.CIFAR);
    assertThat(sources.gives("student.stem")).as("nobody asked for it").isFalse();
  }

  @Test
  void whatAPresetSetsGivesWayAsADefaultDoes() {
    BagpipeConfig config = sources("preset=imagenet", "views.size=384").load();

    assertThat(config.views().geometry().indexResize()).isEqualTo(384);
  }

  @Test
  void itIsPrintedWithWhereEachValueComesFromAndLoadsAgain() throws IOException {
    ConfigSources sources = sources("preset=imagenet", "train.batch=128");
    String printed = sources.toYaml();

    assertThat(printed)
        .startsWith("preset: imagenet  # --set\n")
        .contains("  size: 224  # preset imagenet\n", "  stem: imagenet  # preset imagenet\n")
        .contains("  batch: 128  # --set\n", "  threads: 0\n");
    Path file = Files.writeString(dir.resolve("printed.yaml"), printed);
    assertThat(new ConfigSources(Map.of(), file, Map.of("HOME", "/home/ann"), List.of()).load())
        .isEqualTo(sources.load());
    assertThat(sources.toMap())
        .containsEntry("preset", "imagenet")
        .containsEntry("views.size", 224);
  }

  @Test
  void aFileExtendsAPresetOrAnotherFileBesideIt() throws IOException {
    Files.createDirectories(dir.resolve("team"));
    Files.writeString(dir.resolve("team/birds.yaml"), "extends: imagenet\ntrain: {batch: 64}\n");
    Path mine =
        Files.writeString(
            dir.resolve("mine.yaml"), "extends: team/birds.yaml\ntrain.queue: 2048\nseed: 9\n");
    ConfigSources sources = sources("preset=" + mine);
    BagpipeConfig config = sources.load();

    assertThat(config.train().batch()).isEqualTo(64);
    assertThat(config.train().queue()).isEqualTo(2048);
    assertThat(config.seed()).isEqualTo(9);
    assertThat(config.views().geometry().size()).isEqualTo(224);
    assertThat(sources.toYaml()).contains("seed: 9  # preset " + mine + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train.batch: 3                    | DIR/mine.yaml: a preset extends another; expected extends: fashion-mnist, cifar
          extends: imagnet                  | extends: "imagnet" is not valid; expected fashion-mnist, cifar, small-photos, imagenet, or a YAML file
          extends: mine.yaml                | preset DIR/mine.yaml: extends itself
          extends: none.yaml                | preset: "DIR/none.yaml" is no file
          {extends: cifar, preset: cifar}   | preset DIR/mine.yaml: a preset chooses no other
          {extends: cifar, train.bacth: 3}  | train.bacth: "3" is of an unknown key; did you mean train.batch? (set by preset DIR/mine.yaml)
          {extends: cifar, train.batch: x}  | train.batch: "x" is not valid; expected a whole number from 2 to 65536 (set by preset DIR/mine.yaml)
          """)
  void aFileThatIsNoPresetIsRefusedInOneLine(String yaml, String expected) throws IOException {
    Path mine = Files.writeString(dir.resolve("mine.yaml"), yaml + "\n");

    assertThatThrownBy(() -> sources("preset=" + mine).load())
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(expected.replace("DIR", dir.toString()))
        .doesNotContain("\n");
  }

  @Test
  void aNameThatIsNoneIsRefusedInOneLine() {
    assertThatThrownBy(() -> sources("preset=photos").load())
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "preset: \"photos\" is not valid; expected fashion-mnist, cifar, small-photos, imagenet,"
                + " or a YAML file (.yaml, .yml) that extends one of them (set by --set)");
  }
}
