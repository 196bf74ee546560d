package io.bagpipe.verticles.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencesConfigTest {
  private static ConfigSources sources(String... sets) {
    return new ConfigSources(Map.of(), null, Map.of(), List.of(sets));
  }

  @Test
  void nothingIsAllowedUntilItIsNamed() {
    assertThat(sources().load().references().allow()).isEmpty();
    assertThat(sources().load().references().networks()).isEmpty();
    assertThat(
            sources("references.allow=[\"https://a.example\", s3://b.c/in]")
                .load()
                .references()
                .allow())
        .containsExactly("https://a.example", "s3://b.c/in");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "references.allow=*",
        "references.allow=a.example",
        "references.allow=https://*.example",
        "references.allow=https://user@a.example",
        "references.allow=file:///data/../etc",
        "references.networks=any",
        "references.networks=10.0.0.0/40",
        "references.s3.endpoint=keeper:9000",
        "references.s3.endpoint=http://keeper:9000/path"
      })
  void whatNamesNoPlaceStopsTheStart(String set) {
    assertThatThrownBy(() -> sources(set).load())
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(set.substring(0, set.indexOf('=')) + ": \"")
        .hasMessageContaining("expected");
  }

  @Test
  void secretsAreNotPrinted() {
    ConfigSources given =
        sources(
            "references.s3.access-key=AKIA",
            "references.s3.secret-key=topsecret",
            "references.s3.session-token=alsosecret");

    assertThat(given.toYaml() + given.load()).doesNotContain("topsecret", "alsosecret");
    assertThatThrownBy(() -> sources("references.s3.secret-key=topsecret").load())
        .hasMessageContaining("set both")
        .hasMessageNotContaining("topsecret");
  }
}
