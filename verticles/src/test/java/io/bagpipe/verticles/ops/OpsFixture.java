package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A running operations verticle, on pretended stages or on none, and a client of it. */
abstract class OpsFixture {
  static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path data;
  Vertx vertx;
  final HttpClient client = HttpClient.newHttpClient();

  /** What was pushed: key, headers, length. */
  final List<String> pushed = new ArrayList<>();

  /** What the door says to the next image; null: it is taken. */
  ImageIngest.@Nullable Answer answer;

  @Nullable String refusal;

  OpsVerticle ops;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  OpsVerticle verticle(Listen listen, Limits limits) {
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
            new ImageIngest() {
              @Override
              public @Nullable String refusal(@Nullable String key, @Nullable String label) {
                return refusal;
              }

              @Override
              public Future<Answer> offer(
                  @Nullable String key, byte[] bytes, Map<String, String> headers) {
                pushed.add(key + " " + headers + " " + bytes.length);
                return Future.succeededFuture(
                    answer == null
                        ? new ImageIngest.Accepted(key == null ? "0-7" : key, 0, 7)
                        : answer);
              }
            },
            OpsMetrics.newRegistry(),
            Clock.systemUTC()));
  }

  void start(Listen listen, Limits limits) throws Exception {
    ops = verticle(listen, limits);
    get(vertx.deployVerticle(ops));
  }

  void start(Limits limits) throws Exception {
    start(Listen.local(0), limits);
  }

  void start() throws Exception {
    start(Limits.DEFAULT);
  }

  void startWithStages() throws Exception {
    start();
    get(vertx.deployVerticle(new FakeStages(0, 60)));
    await().atMost(LONG).until(() -> json("/api/status").getJsonObject("step") != null);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ops.port() + path))
        .timeout(Duration.ofSeconds(60));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> fetch(String path) throws Exception {
    return send(request(path));
  }

  JsonObject json(String path) throws Exception {
    HttpResponse<String> response = fetch(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  HttpResponse<String> post(String path, byte[] body, String type) throws Exception {
    return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
  }

  /** A connection without a client that would tidy up what it sends. */
  Socket socket() throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), ops.port());
    socket.setSoTimeout(60_000);
    return socket;
  }

  static void write(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What comes until the server closes the connection. */
  static String rest(Socket socket) throws Exception {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Sends this as it stands, and answers all that comes back until the connection is closed. */
  String raw(String text) throws Exception {
    try (Socket socket = socket()) {
      write(socket, text);
      return rest(socket);
    }
  }

  static String code(HttpResponse<String> response) {
    JsonObject error = new JsonObject(response.body()).getJsonObject("error");
    assertThat(error.getInteger("status")).isEqualTo(response.statusCode());
    return error.getString("code");
  }
}
