package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsVerticleTest {
  private static final String TOKEN = "a-token-of-some-length";

  @TempDir Path data;
  private Vertx vertx;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> pushed = new ArrayList<>();
  private ImageIngest.Answer answer;
  private OpsVerticle ops;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private OpsVerticle verticle(Listen listen, Limits limits) {
    return new OpsVerticle(
        new OpsConfig(
            listen,
            limits,
            Patience.DEFAULT,
            data,
            data.resolve("runs"),
            EnumSet.allOf(Stage.class)),
        new OpsVerticle.Collaborators(
            LagSource.NONE,
            (key, bytes, headers) -> {
              pushed.add(key + " " + headers + " " + bytes.length);
              return Future.succeededFuture(
                  answer == null
                      ? new ImageIngest.Accepted(key == null ? "0-7" : key, 0, 7)
                      : answer);
            },
            OpsMetrics.newRegistry(),
            Clock.systemUTC()));
  }

  private void start(Listen listen, Limits limits, boolean stages) throws Exception {
    ops = verticle(listen, limits);
    get(vertx.deployVerticle(ops));
    if (stages) {
      get(vertx.deployVerticle(new FakeStages(0, 60)));
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> json("/api/status").getJsonObject("step") != null);
    }
  }

  private void start(boolean stages) throws Exception {
    start(Listen.local(0), Limits.DEFAULT, stages);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ops.port() + path))
        .timeout(Duration.ofSeconds(60));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> fetch(String path) throws Exception {
    return send(request(path));
  }

  private JsonObject json(String path) throws Exception {
    HttpResponse<String> response = fetch(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  private HttpResponse<String> post(String path, byte[] body, String type) throws Exception {
    return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
  }

  /** What goes over the wire untouched by a client that would tidy it up. */
  private String raw(String text) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ops.port())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static String code(HttpResponse<String> response) {
    JsonObject error = new JsonObject(response.body()).getJsonObject("error");
    assertThat(error.getInteger("status")).isEqualTo(response.statusCode());
    return error.getString("code");
  }

  @Test
  void theStatusTellsWhatTheStagesSaid() throws Exception {
    start(true);

    JsonObject status = json("/api/status");

    assertThat(status.getJsonObject("step").getLong("anchors")).isPositive();
    assertThat(status.getJsonArray("stages")).hasSize(4);
    assertThat(status.getString("sentence")).startsWith("Learning from the demo's images.");
    assertThat(fetch("/health/ready").statusCode()).isEqualTo(200);
    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutStagesItIsLiveAndNotReady() throws Exception {
    start(false);

    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
    assertThat(fetch("/health/ready").statusCode()).isEqualTo(503);
    HttpResponse<String> bags = fetch("/api/bags");
    assertThat(bags.statusCode()).isEqualTo(503);
    assertThat(code(bags)).isEqualTo("not_here");
  }

  @Test
  void theEventStreamSpeaksAtOnceAndGoesOn() throws Exception {
    start(true);

    HttpResponse<InputStream> stream =
        client.send(request("/api/events").build(), BodyHandlers.ofInputStream());
    int statuses = 0;
    boolean points = false;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      while (statuses < 2 || !points) {
        String line = lines.readLine();
        assertThat(line).as("the stream ended").isNotNull();
        statuses += line.equals("event: status") ? 1 : 0;
        points |= line.equals("event: points");
      }
    }

    assertThat(stream.headers().firstValue("content-type").orElse("")).contains("event-stream");
  }

  @Test
  void theHistorySurvivesARestart() throws Exception {
    start(true);
    JsonObject before = json("/api/history?series=step").getJsonObject("series");
    assertThat(before.getJsonObject("step").getJsonArray("columns").getJsonArray(0))
        .hasSizeGreaterThan(30);
    get(vertx.close());

    vertx = Vertx.vertx();
    start(false);

    assertThat(json("/api/history?series=step").getJsonObject("series")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/history?points=0",
        "/api/history?points=x",
        "/api/history?series=nobody",
        "/api/history?since=-1",
        "/api/bags?n=0",
        "/api/bags?n=99999999999999",
        "/api/map?n=%00",
        "/api/students/download",
        "/api/students/current?format=exe"
      })
  void badParametersAreNamed(String path) throws Exception {
    start(true);

    HttpResponse<String> response = fetch(path);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(code(response)).isEqualTo("bad_parameter");
  }

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
    start(false);

    String reply = raw("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

    assertThat(reply).startsWith("HTTP/1.1 404");
    assertThat(reply).contains("\"code\":\"not_found\"").doesNotContain("secret\n", "root:");
  }

  @Test
  void studentsAreListedAndDownloaded() throws Exception {
    Path run = Files.createDirectories(data.resolve("runs/demo run"));
    byte[] bytes = {1, 2, 3, 0, -1};
    Files.write(run.resolve("64.safetensors"), bytes);
    Files.write(run.resolve("65.ckpt.tmp"), bytes);
    start(false);

    JsonArray files = json("/api/students").getJsonArray("students");
    assertThat(files).hasSize(1);
    assertThat(files.getJsonObject(0).getString("file")).isEqualTo("demo run/64.safetensors");

    HttpResponse<byte[]> download =
        client.send(
            request("/api/students/download?file=demo%20run/64.safetensors").build(),
            BodyHandlers.ofByteArray());
    assertThat(download.body()).isEqualTo(bytes);
    assertThat(download.headers().firstValue("content-disposition").orElse(""))
        .isEqualTo("attachment; filename=\"64.safetensors\"");
  }

  @Test
  void picturesBagsAndMapComeFromTheStages() throws Exception {
    start(true);

    assertThat(json("/api/bags?n=3").getJsonArray("bags")).hasSize(3);
    assertThat(json("/api/bags/a%2Fb%20c").getString("key")).isEqualTo("a/b c");
    assertThat(json("/api/map?n=50").getJsonArray("items")).hasSize(50);
    HttpResponse<byte[]> image =
        client.send(request("/api/images/img-1").build(), BodyHandlers.ofByteArray());
    assertThat(image.body()).isEqualTo(FakeStages.png("img-1"));
    assertThat(image.headers().firstValue("content-type").orElse("")).isEqualTo("image/png");
    assertThat(fetch("/api/images/no-such").statusCode()).isEqualTo(404);
  }

  @Test
  void pausesAndResumes() throws Exception {
    start(true);

    post("/api/control/pause", new byte[0], "application/json");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> json("/api/status").getString("sentence").startsWith("Paused"));
    assertThat(fetch("/health/ready").statusCode()).isEqualTo(200);
    post("/api/control/resume", new byte[0], "application/json");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !json("/api/status").getString("sentence").startsWith("Paused"));
  }

  @Test
  void anImageIsPushed() throws Exception {
    start(false);
    byte[] png = FakeStages.png("x");

    HttpResponse<String> response = post("/api/images?key=x%2F1&label=disc", png, "image/png");

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(new JsonObject(response.body()).getJsonArray("accepted"))
        .isEqualTo(
            new JsonArray()
                .add(new JsonObject().put("key", "x/1").put("partition", 0).put("offset", 7)));
    assertThat(pushed).containsExactly("x/1 {label=disc} " + png.length);
  }

  private static byte[] multipart(byte[]... files) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < files.length; i++) {
      text.append("--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f")
          .append(i)
          .append(".png\"\r\nContent-Type: image/png\r\n\r\n")
          .append(new String(files[i], StandardCharsets.ISO_8859_1))
          .append("\r\n");
    }
    return text.append("--BOUND--\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void severalImagesArePushedAsAForm() throws Exception {
    start(false);

    HttpResponse<String> response =
        post(
            "/api/images",
            multipart(FakeStages.png("a"), FakeStages.png("b")),
            "multipart/form-data; boundary=BOUND");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    assertThat(pushed)
        .containsExactly(
            "f0.png {} " + FakeStages.png("a").length, "f1.png {} " + FakeStages.png("b").length);
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(data.resolve("uploads")).isEmptyDirectory());
  }

  @Test
  void whatIsNoImageIsRefused() throws Exception {
    start(false);

    assertThat(post("/api/images", new byte[] {1, 2, 3}, "image/png").statusCode()).isEqualTo(415);
    assertThat(post("/api/images", new byte[0], "image/png").statusCode()).isEqualTo(400);
    assertThat(post("/api/images", multipart(), "multipart/form-data; boundary=BOUND").statusCode())
        .isEqualTo(400);
    assertThat(post("/api/images", new byte[9], "multipart/form-data").statusCode()).isEqualTo(400);
    assertThat(pushed).isEmpty();
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItIsRead() throws Exception {
    start(Listen.local(0), new Limits(1000, 2000, Duration.ofSeconds(5), 1000, 100, 10), false);
    byte[] png = Arrays.copyOf(FakeStages.png("x"), 1500);

    assertThat(post("/api/images", png, "image/png").statusCode()).isEqualTo(413);
    String reply =
        raw("POST /api/images HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999999999\r\n\r\n");
    assertThat(reply).startsWith("HTTP/1.1 413").contains("\"code\":\"too_large\"");
    assertThat(pushed).isEmpty();
  }

  @Test
  void aBodyThatTricklesInIsCutOff() throws Exception {
    start(Listen.local(0), new Limits(1000, 2000, Duration.ofMillis(300), 1000, 100, 10), false);

    String reply =
        raw("POST /api/images HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nabc");

    assertThat(reply).startsWith("HTTP/1.1 408").contains("\"code\":\"timeout\"");
  }

  @Test
  void backpressureAnswersWhenToComeAgain() throws Exception {
    start(false);
    answer = new ImageIngest.Busy(Duration.ofSeconds(3));

    HttpResponse<String> response = post("/api/images", FakeStages.png("x"), "image/png");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("retry-after")).contains("3");
    assertThat(code(response)).isEqualTo("backpressure");
  }

  @Test
  void tooManyRequestsAreTurnedAwayButNeverHealth() throws Exception {
    start(Listen.local(0), new Limits(1000, 2000, Duration.ofSeconds(5), 1, 100, 10), false);

    List<Integer> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(fetch("/api/status").statusCode());
    }

    assertThat(answers).startsWith(200, 200, 200, 200).contains(429);
    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void withATokenOnlyHealthIsOpen() throws Exception {
    start(new Listen("0.0.0.0", 0, TOKEN, null), Limits.DEFAULT, false);

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
    start(new Listen("0.0.0.0", 0, TOKEN, null), Limits.DEFAULT, false);
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
  }

  @Test
  void otherSitesAndOtherNamesAreTurnedAway() throws Exception {
    start(true);

    HttpResponse<String> foreign =
        send(
            request("/api/control/pause")
                .header("Origin", "https://evil.example")
                .POST(BodyPublishers.noBody()));
    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(raw("GET /api/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
  }

  @Test
  void everyAnswerCarriesTheSecurityHeadersAndNoStackTrace() throws Exception {
    start(false);

    for (String path : List.of("/", "/api/status", "/api/nothing", "/api/bags?n=x")) {
      HttpResponse<String> response = fetch(path);
      assertThat(response.headers().firstValue("content-security-policy").orElse(""))
          .as(path)
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
      assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
      assertThat(response.body()).doesNotContain("at io.", "Exception");
    }
    assertThat(send(request("/api/status").DELETE()).statusCode()).isEqualTo(405);
  }

  @Test
  void anErrorDoesNotEndTheConnection() throws Exception {
    start(false);

    String replies =
        raw(
            "GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                .concat("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                .concat("Connection: close\r\n\r\n"));

    assertThat(replies).startsWith("HTTP/1.1 404").contains("HTTP/1.1 200");
  }

  @Test
  void aTakenPortIsSaidInOneLine() throws Exception {
    start(false);

    assertThatThrownBy(
            () -> get(vertx.deployVerticle(verticle(Listen.local(ops.port()), Limits.DEFAULT))))
        .cause()
        .hasMessageContaining("http.port: cannot listen on 127.0.0.1:" + ops.port())
        .hasMessageNotContaining("\n");
  }

  @Test
  void metricsAreThoseOfTheStages() throws Exception {
    start(true);

    String metrics = fetch("/metrics").body();

    assertThat(metrics)
        .contains("bagpipe_stage_images_in_total{stage=\"student\"}")
        .contains("bagpipe_stage_lag_records{stage=\"bags\"}")
        .contains("bagpipe_student_loss ")
        .contains("jvm_buffer_memory_used_bytes{");
  }
}
