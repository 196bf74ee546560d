package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no friend sends. */
class HostileRequestsTest extends OpsFixture {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/app.js/../../openapi",
        "/api/students/download?file=../secret.txt",
        "/api/students/download?file=%2Fetc%2Fpasswd",
        "/api/students/download?file=link.ckpt",
        "/api/students/download?file=demo/../../secret.txt",
        "/api/nothing"
      })
  void nothingOutsideIsReached(String path) throws Exception {
    Files.createDirectories(data.resolve("runs"));
    Files.writeString(data.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(data.resolve("runs/link.ckpt"), data.resolve("secret.txt"));
    start();

    String reply = raw("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

    assertThat(reply).startsWith("HTTP/1.1 404");
    assertThat(reply).contains("\"code\":\"not_found\"").doesNotContain("secret\n", "root:");
  }

  @Test
  void aBodyThatTricklesInIsCutOff() throws Exception {
    start(new Limits(1000, 2000, LONG, Duration.ofMillis(300), 100, 10));

    String reply =
        raw("POST /api/images HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nabc");

    assertThat(reply).startsWith("HTTP/1.1 408").contains("\"code\":\"timeout\"");
  }

  @Test
  void whoComesWhileAllPlacesAreAtWorkIsToldToComeAgainAndProbesAreAnswered() throws Exception {
    start(new Limits(1000, 2000, LONG, LONG, 4, 10));
    List<InputStream> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      streams.add(client.send(request("/api/events").build(), BodyHandlers.ofInputStream()).body());
    }

    HttpResponse<String> fourth = fetch("/api/status");
    assertThat(fourth.statusCode()).isEqualTo(429);
    assertThat(code(fourth)).isEqualTo("too_many_requests");
    assertThat(fourth.headers().firstValue("retry-after")).contains("1");
    assertThat(fourth.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);

    for (InputStream stream : streams) {
      stream.close();
    }
    await().atMost(LONG).until(() -> fetch("/api/status").statusCode() == 200);
  }

  @Test
  void everyAnswerCarriesTheSecurityHeadersAndNoStackTrace() throws Exception {
    start();

    for (String path : List.of("/", "/api/status", "/api/nothing", "/api/bags?n=x")) {
      HttpResponse<String> response = fetch(path);
      assertThat(response.headers().firstValue("content-security-policy").orElse(""))
          .as(path)
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
      assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
      assertThat(response.body()).doesNotContain("at io.", "Exception");
    }
  }

  @Test
  void anErrorDoesNotEndTheConnection() throws Exception {
    start();

    String replies =
        raw(
            "GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                .concat("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                .concat("Connection: close\r\n\r\n"));

    assertThat(replies).startsWith("HTTP/1.1 404").contains("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/app.js",
        "/api/status",
        "/api/history?series=step",
        "/api/bags?n=2",
        "/api/images/img-1",
        "/api/students",
        "/api/students/download?file=run/1.onnx",
        "/api/events",
        "/health/live",
        "/metrics",
        "/openapi.yaml"
      })
  void headIsGetWithoutTheBody(String path) throws Exception {
    Files.writeString(Files.createDirectories(data.resolve("runs/run")).resolve("1.onnx"), "net");
    startWithStages();

    String reply =
        raw("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(reply).startsWith("HTTP/1.1 200 OK\r\n").containsIgnoringCase("content-type: ");
    assertThat(reply).endsWith("\r\n\r\n").containsOnlyOnce("\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "BREW"})
  void otherMethodsAreNotAllowed(String method) throws Exception {
    start();

    String reply =
        raw(method + " /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(reply).startsWith("HTTP/1.1 405").contains("\"code\":\"method_not_allowed\"");
    assertThat(reply).containsIgnoringCase("allow: GET, HEAD\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/history?series=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /api/bags/%C3%28%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /api/status HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET\r\n\r\n",
        "POST /api/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        "POST /api/images HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
      })
  void whatIsNoRequestIsRefusedInOneLine(String request) throws Exception {
    start();

    String reply = raw(request.replaceFirst("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));

    assertThat(reply).matches("(?s)(HTTP/\\d.\\d (4\\d\\d|501|505) .*)?");
    assertThat(reply).doesNotContain("at io.", "Exception", "Netty");
    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void headersWithoutAnEndAreCutOff() throws Exception {
    start(new Limits(1000, 2000, Duration.ofMillis(300), LONG, 100, 10));

    try (Socket slow = socket()) {
      write(slow, "GET /api/status HTTP/1.1\r\nHost: local");
      assertThat(rest(slow)).doesNotContain("200 OK");
    }
    try (Socket second = socket()) {
      write(second, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal");
      assertThat(rest(second)).startsWith("HTTP/1.1 200").containsOnlyOnce("HTTP/1.1");
    }
  }

  @Test
  void aStreamOutlivesThePatienceForHeaders() throws Exception {
    start(new Limits(1000, 2000, Duration.ofMillis(300), LONG, 100, 10));

    HttpResponse<InputStream> stream =
        client.send(request("/api/events").build(), BodyHandlers.ofInputStream());
    int statuses = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      while (statuses < 3) {
        String line = lines.readLine();
        assertThat(line).as("the stream ended").isNotNull();
        statuses += line.equals("event: status") ? 1 : 0;
      }
    }

    assertThat(statuses).isEqualTo(3);
  }

  @Test
  void whoHoldsConnectionsOpenShutsNobodyOut() throws Exception {
    start(new Limits(1000, 2000, LONG, LONG, 3, 10));
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        held.add(socket());
        write(held.get(i), "GET / HTTP/1.1\r\n");
      }

      assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
      assertThat(rest(held.get(0))).as("the oldest gave its place up").isEmpty();
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  @Test
  void connectionsAtWorkAreNotGivenUpForNewOnes() throws Exception {
    start(new Limits(1000, 2000, LONG, LONG, 1, 10));
    HttpResponse<InputStream> stream =
        client.send(request("/api/events").build(), BodyHandlers.ofInputStream());

    String second = raw("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(second).isEmpty();
    assertThat(stream.body().read()).isEqualTo('r');
    stream.body().close();
  }

  @Test
  void bodiesUnderWayAreBoundedTogether() throws Exception {
    start(new Limits(1000, 2000, LONG, LONG, 100, 10));
    String head = "POST /api/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n";
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        slow.add(socket());
        write(slow.get(i), head + "x");
      }

      await()
          .atMost(LONG)
          .until(() -> post("/api/images", FakeStages.png("x"), "image/png").statusCode() == 429);
      for (Socket socket : slow) {
        socket.close();
      }
      await()
          .atMost(LONG)
          .until(() -> post("/api/images", FakeStages.png("x"), "image/png").statusCode() == 202);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }
}
