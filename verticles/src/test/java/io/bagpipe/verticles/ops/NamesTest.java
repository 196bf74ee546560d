package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under which names the service answers, and how a request may say them. */
class NamesTest extends OpsFixture {
  private static final String TOKEN = "a-token-of-some-length";

  private String get(String target, String version, String... headers) throws Exception {
    return raw(
        "GET "
            + target
            + " "
            + version
            + "\r\n"
            + String.join("\r\n", headers)
            + (headers.length == 0 ? "" : "\r\n")
            + "Connection: close\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:8080",
        "localhost.",
        "localhost.:8080",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.255.3.4",
        "[::1]",
        "[::1]:8080",
        "[0:0:0:0:0:0:0:1]"
      })
  void withoutATokenItAnswersToThisMachine(String host) throws Exception {
    start();

    assertThat(get("/api/status", "HTTP/1.1", "Host: " + host)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io:8080",
        "127.",
        "127.0.0",
        "127.1",
        "127.0.0.256",
        "127.0.0.1e",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "128.0.0.1",
        "localhost.evil.example",
        "evil.localhost",
        "xlocalhost",
        "[::]",
        "[::2]",
        "evil.example"
      })
  void withoutATokenNoOtherNameReachesIt(String host) throws Exception {
    start();

    for (String path : new String[] {"/api/status", "/health/live"}) {
      assertThat(get(path, "HTTP/1.1", "Host: " + host))
          .startsWith("HTTP/1.1 403")
          .contains("\"code\":\"bad_host\"");
      String forwarded = "X-Forwarded-Host: localhost\r\nForwarded: host=localhost";
      assertThat(get(path, "HTTP/1.1", "Host: " + host, forwarded)).startsWith("HTTP/1.1 403");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: localhost\r\nHost: localhost",
        "Host: localhost\r\nHost: evil.example",
        "Host: evil.example\r\nhost: localhost",
        "Host:",
        "Host: localhost evil.example",
        "Host: localhost,evil.example",
        "Host: localhost@evil.example",
        "Host: evil.example@localhost",
        "Host: localhost/evil.example",
        "Host: localhost:port",
        "Host: localhost:99999",
        "Host: [::1",
        "Host: ::1",
        "Host: http://localhost",
        "X-Forwarded-Host: localhost"
      })
  void aRequestNamesOneHostOnce(String hosts) throws Exception {
    start(new Listen("0.0.0.0", 0, TOKEN, null), Limits.DEFAULT);

    for (String path : new String[] {"/api/status", "/health/live"}) {
      assertThat(get(path, "HTTP/1.1", hosts, "Authorization: Bearer " + TOKEN))
          .startsWith("HTTP/1.1 400")
          .contains("\"code\":\"bad_request\"");
    }
  }

  @Test
  void aTargetThatNamesItsHostIsHeldAgainstTheHeader() throws Exception {
    start();

    assertThat(get("http://localhost/api/status", "HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 200");
    for (String target :
        new String[] {
          "http://evil.example/api/status",
          "http://localhost@evil.example/api/status",
          "https://evil.example/health/live",
          "//evil.example/api/status",
          "ftp://localhost/api/status",
          "localhost:80",
          "*"
        }) {
      assertThat(get(target, "HTTP/1.1", "Host: localhost"))
          .as(target)
          .matches("(?s)HTTP/1.1 (400|404) .*");
      assertThat(get(target, "HTTP/1.1", "Host: evil.example"))
          .as(target)
          .matches("(?s)HTTP/1.1 (400|403|404) .*");
    }
  }

  @Test
  void whoIsTooOldToNameAHostMayAskForHealthAlone() throws Exception {
    start();

    assertThat(get("/health/live", "HTTP/1.0")).startsWith("HTTP/1.0 200");
    assertThat(get("/api/status", "HTTP/1.0")).startsWith("HTTP/1.0 403");
    assertThat(get("/api/status", "HTTP/1.0", "Host: localhost")).startsWith("HTTP/1.0 200");
    assertThat(get("/api/status", "HTTP/1.0", "Host: evil.example")).startsWith("HTTP/1.0 403");
  }
}
