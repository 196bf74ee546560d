package io.bagpipe.verticles.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTextTest {
  private static final Path DOCUMENTED = Path.of("../docs/bagpipe.yaml");
  @TempDir Path dir;

  @Test
  void documentedFileAndBuiltInDefaultsAgree() {
    Map<String, String> documented = YamlFile.read(DOCUMENTED);

    Map<String, String> canonical = new HashMap<>();
    documented.forEach(
        (path, text) -> {
          assertThat(Sections.BY_PATH).containsKey(path);
          canonical.put(path, Sections.BY_PATH.get(path).canonical(text));
        });
    Map<String, String> builtIn = new HashMap<>();
    Sections.KEYS.forEach(key -> builtIn.put(key.path(), key.canonical(key.standard())));

    assertThat(canonical).isEqualTo(builtIn);
    assertThat(load(DOCUMENTED)).isEqualTo(load(null));
  }

  @Test
  void documentedFileIsWhatTheCommandPrints() throws IOException {
    assertThat(Files.readString(DOCUMENTED))
        .as("bagpipe config --template > docs/bagpipe.yaml")
        .isEqualTo(ConfigSources.template());
  }

  @Test
  void whatIsPrintedLoadsAgain() throws IOException {
    List<String> sets =
        List.of(
            "roles=ops,teacher",
            "train.batch=7",
            "views.std=0.25",
            "student.init=~/a b: #c.safetensors",
            "checkpoint.every=90s",
            "limits.record-bytes=12345678B",
            "references.allow=https://a.example/x, s3://bucket,file:///data",
            "references.networks=10.0.0.0/8,::1",
            "kafka.client.id=\"quoted\" \\ name");
    ConfigSources sources = new ConfigSources(Map.of(), null, Map.of("HOME", "/h"), sets);

    Path printed = Files.writeString(dir.resolve("printed.yaml"), sources.toYaml());

    assertThat(new ConfigSources(Map.of(), printed, Map.of("HOME", "/h"), List.of()).load())
        .isEqualTo(sources.load())
        .isNotEqualTo(load(null));
    assertThat(sources.toYaml()).contains("batch: 7  # --set");
  }

  @Test
  void secretsAreNeverPrinted() {
    List<String> sets =
        List.of(
            "kafka.sasl.jaas.config=geheim",
            "kafka.ssl.keystore.password=geheim",
            "kafka.ssl.keystore.key=geheim",
            "kafka.ssl.key.password=geheim",
            "kafka.security.protocol=SSL");
    ConfigSources sources = new ConfigSources(Map.of(), null, Map.of(), sets);

    assertThat(sources.toYaml()).doesNotContain("geheim").contains("***").contains("SSL");
    assertThat(sources.toMap().toString()).doesNotContain("geheim").contains("***");
    assertThat(sources.load().toString()).doesNotContain("geheim").contains("***");
    assertThat(sources.load().kafka().properties().get("sasl.jaas.config")).isEqualTo("geheim");
  }

  private static BagpipeConfig load(Path file) {
    return new ConfigSources(Map.of(), file, Map.of("HOME", "/h"), List.of()).load();
  }
}
