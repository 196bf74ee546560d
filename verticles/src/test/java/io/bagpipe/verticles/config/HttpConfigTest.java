package io.bagpipe.verticles.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConfigTest {
  private static final String TOKEN = "0123456789-secret";

  @TempDir Path directory;

  private static ConfigSources sources(String... sets) {
    return new ConfigSources(Map.of(), null, Map.of("HOME", "/home/ann"), List.of(sets));
  }

  @Test
  void theTokenIsGivenAndNeverShown() {
    ConfigSources sources =
        new ConfigSources(
            Map.of(), null, Map.of("BAGPIPE_HTTP_TOKEN", TOKEN), List.of("http.host=0.0.0.0"));

    assertThat(sources.load().http().token()).isEqualTo(TOKEN);
    assertThat(sources.toYaml()).contains("token: \"***\"  # BAGPIPE_HTTP_TOKEN");
    assertThat(sources.toMap()).containsEntry("http.token", "***");
    assertThat(sources.toYaml() + sources.toMap() + sources.load()).doesNotContain(TOKEN);
  }

  @Test
  void theTokenIsReadFromItsFile() throws Exception {
    Path file = Files.writeString(directory.resolve("a token"), TOKEN + "\n");

    assertThat(sources("http.token-file=" + file).load().http().token()).isEqualTo(TOKEN);
    assertThat(sources().load().http().token()).isNull();
  }

  @Test
  void aFileWithoutATokenIsSaidWithoutItsContent() throws Exception {
    Path file = Files.writeString(directory.resolve("t"), "too short");
    HttpConfig bad = sources("http.token-file=" + file).load().http();
    HttpConfig missing = sources("http.token-file=" + directory + "/none").load().http();

    assertThatThrownBy(bad::token)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("http.token-file: \"" + file)
        .hasMessageContaining("expected a file with 16")
        .hasMessageNotContaining("too short");
    assertThatThrownBy(missing::token).hasMessageContaining("cannot be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http.token=tiny-secret", "http.token=with a space 0123", "http.tokn=" + TOKEN})
  void aTokenThatIsNoneIsRefusedWithoutBeingShown(String set) {
    assertThatThrownBy(() -> sources(set).load())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\"***\"")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("space 0123");
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    assertThatThrownBy(() -> sources("http.tls.cert=a.pem").load())
        .hasMessageStartingWith("http.tls.key: ")
        .hasMessageContaining("belong together");
    assertThatThrownBy(() -> sources("http.token=" + TOKEN, "http.token-file=f").load())
        .hasMessageStartingWith("http.token-file: ")
        .hasMessageNotContaining(TOKEN);
  }

  @Test
  void theAddressIsThatOfABrowser() {
    assertThat(sources().load().http().url(81)).isEqualTo("http://127.0.0.1:81");
    assertThat(sources("http.host=::1").load().http().url(81)).isEqualTo("http://[::1]:81");
    assertThat(sources("http.tls.cert=a", "http.tls.key=b").load().http().url(81))
        .isEqualTo("https://127.0.0.1:81");
  }

  @Test
  void theBacklogIsABoundOfImages() {
    assertThat(sources().load().http().ingestBacklog()).isEqualTo(100_000);
    assertThat(sources("http.ingest-backlog=7").load().http().ingestBacklog()).isEqualTo(7);
    assertThatThrownBy(() -> sources("http.ingest-backlog=0").load())
        .hasMessageContaining("expected a whole number from 1 up");
  }
}
