package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come in. */
class AccessTest extends OpsFixture {
  private static final String TOKEN = "a-token-of-some-length";

  @Test
  void withATokenOnlyHealthIsOpen() throws Exception {
    start(new Listen("0.0.0.0", 0, TOKEN, null), Limits.DEFAULT);

    for (String path : List.of("/", "/app.js", "/api/status", "/metrics", "/openapi.yaml")) {
      assertThat(fetch(path).statusCode()).as(path).isEqualTo(401);
      assertThat(send(request(path).header("Authorization", "Bearer wrong")).statusCode())
          .isEqualTo(401);
      assertThat(send(request(path).header("Authorization", "Bearer " + TOKEN)).statusCode())
          .isEqualTo(200);
    }
    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
    assertThat(fetch("/health/../api/status").statusCode()).isEqualTo(401);
  }

  @Test
  void aBrowserLogsInWithTheToken() throws Exception {
    start(new Listen("0.0.0.0", 0, TOKEN, null), Limits.DEFAULT);
    String form = "application/x-www-form-urlencoded";

    HttpResponse<String> page = send(request("/").header("Accept", "text/html"));
    assertThat(page.statusCode()).isEqualTo(401);
    assertThat(page.body()).contains("<form");
    byte[] wrong = "token=wrong".getBytes(StandardCharsets.UTF_8);
    assertThat(post("/login", wrong, form).statusCode()).isEqualTo(401);
    byte[] right = ("token=" + TOKEN).getBytes(StandardCharsets.UTF_8);
    HttpResponse<String> in = post("/login", right, form);
    assertThat(in.statusCode()).isEqualTo(303);
    String cookie = in.headers().firstValue("set-cookie").orElseThrow();
    assertThat(cookie)
        .containsIgnoringCase("HttpOnly")
        .contains("SameSite=Strict")
        .doesNotContain(TOKEN);
    String pair = cookie.substring(0, cookie.indexOf(';'));
    assertThat(send(request("/api/status").header("Cookie", pair)).statusCode()).isEqualTo(200);
    HttpResponse<InputStream> events =
        client.send(
            request("/api/events").header("Cookie", pair).build(), BodyHandlers.ofInputStream());
    assertThat(events.statusCode()).isEqualTo(200);
    events.body().close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer a-token-of-some-lengt",
        "Bearer a-token-of-some-length-",
        "Bearer A-TOKEN-OF-SOME-LENGTH",
        "Bearer a-token-of-some-length a-token-of-some-length",
        "Basic YTphLXRva2VuLW9mLXNvbWUtbGVuZ3Ro",
        "a-token-of-some-length"
      })
  void aTokenThatIsNotTheTokenIsNone(String header) throws Exception {
    start(new Listen("0.0.0.0", 0, TOKEN, null), Limits.DEFAULT);

    HttpResponse<String> refused =
        send(
            request("/api/control/pause")
                .header("Authorization", header)
                .POST(BodyPublishers.noBody()));

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(code(refused)).isEqualTo("unauthorized");
    assertThat(refused.headers().firstValue("www-authenticate"))
        .contains("Bearer realm=\"bagpipe\"");
    assertThat(refused.body()).doesNotContain(TOKEN);
    String cookie = "bagpipe_session=" + header.replaceAll("[^A-Za-z0-9-]", "");
    assertThat(send(request("/api/status").header("Cookie", cookie)).statusCode()).isEqualTo(401);
  }

  @Test
  void otherSitesAndOtherNamesAreTurnedAway() throws Exception {
    startWithStages();

    HttpResponse<String> foreign =
        send(
            request("/api/control/pause")
                .header("Origin", "https://evil.example")
                .POST(BodyPublishers.noBody()));
    assertThat(foreign.statusCode()).isEqualTo(403);
    for (String site : List.of("cross-site", "same-site")) {
      assertThat(
              send(request("/api/control/pause")
                      .header("Sec-Fetch-Site", site)
                      .POST(BodyPublishers.noBody()))
                  .statusCode())
          .as(site)
          .isEqualTo(403);
    }
    assertThat(
            send(request("/api/control/pause")
                    .header("Sec-Fetch-Site", "same-origin")
                    .header("Origin", "null")
                    .POST(BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(200);
    assertThat(raw("GET /api/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
  }

  @Test
  void aCookieOfTheNameFromElsewhereDoesNotShutOut() throws Exception {
    start(new Listen("0.0.0.0", 0, TOKEN, null), Limits.DEFAULT);
    byte[] right = ("token=" + TOKEN).getBytes(StandardCharsets.UTF_8);
    String set =
        post("/login", right, "application/x-www-form-urlencoded")
            .headers()
            .firstValue("set-cookie")
            .orElseThrow();
    String ours = set.substring(0, set.indexOf(';'));
    String other = "bagpipe_session=" + "0".repeat(64);

    for (String cookies : List.of(ours, other + "; " + ours, ours + "; " + other, "a=b; " + ours)) {
      assertThat(send(request("/api/status").header("Cookie", cookies)).statusCode())
          .as(cookies)
          .isEqualTo(200);
    }
    String spent = ours.replace("bagpipe_session", "Bagpipe_session");
    for (String cookies : List.of(other, spent, "bagpipe_session=", "bagpipe_session=" + TOKEN)) {
      assertThat(send(request("/api/status").header("Cookie", cookies)).statusCode())
          .as(cookies)
          .isEqualTo(401);
    }
  }

  @Test
  void pagesOfElsewhereMayLinkAndNothingElse() throws Exception {
    startWithStages();

    for (String site : List.of("cross-site", "same-site")) {
      for (String path : List.of("/", "/api/status", "/api/events", "/metrics", "/app.js")) {
        assertThat(
                send(request(path)
                        .header("Sec-Fetch-Site", site)
                        .header("Sec-Fetch-Mode", "no-cors")
                        .header("Sec-Fetch-Dest", "script"))
                    .statusCode())
            .isEqualTo(403);
      }
      assertThat(
              send(request("/")
                      .header("Sec-Fetch-Site", site)
                      .header("Sec-Fetch-Mode", "navigate")
                      .header("Sec-Fetch-Dest", "document"))
                  .statusCode())
          .isEqualTo(200);
      assertThat(
              send(request("/")
                      .header("Sec-Fetch-Site", site)
                      .header("Sec-Fetch-Mode", "navigate")
                      .header("Sec-Fetch-Dest", "iframe"))
                  .statusCode())
          .isEqualTo(403);
    }
    assertThat(send(request("/api/status").header("Origin", "http://evil.example")).statusCode())
        .isEqualTo(403);
  }
}
