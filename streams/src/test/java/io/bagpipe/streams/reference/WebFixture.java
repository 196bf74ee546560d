package io.bagpipe.streams.reference;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** A web server on the loopback, and what fetches from it under any name. */
abstract class WebFixture {
  static final int MOST = 1000;

  final Vertx vertx = Vertx.vertx();

  /** {@code HOST PATH} of each request that came. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** Serves on a free port; the port. */
  int serve(HttpServerOptions options, Consumer<HttpServerRequest> handler) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(options.setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> {
                  asked.add(request.authority() + " " + request.uri());
                  handler.accept(request);
                })
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    return server.actualPort();
  }

  int serve(Consumer<HttpServerRequest> handler) throws Exception {
    return serve(new HttpServerOptions(), handler);
  }

  static List<InetAddress> loopback() {
    return List.of(InetAddress.getLoopbackAddress());
  }

  HttpExchange exchange(Resolver resolver, String... networks) {
    return new HttpExchange(
        vertx, new Networks(List.of(networks)), resolver, 4, Duration.ofSeconds(5), null);
  }

  static ReferenceSettings settings(Duration timeout, String... allow) throws Exception {
    return new ReferenceSettings(
        AllowList.of(List.of(allow)),
        new Networks(List.of("127.0.0.1")),
        MOST,
        4,
        timeout,
        2,
        Duration.ofMinutes(1),
        s3(URI.create("http://127.0.0.1:1")));
  }

  static ReferenceSettings.S3 s3(URI endpoint) {
    return new ReferenceSettings.S3(
        endpoint,
        "eu-west-3",
        false,
        new ReferenceSettings.Credentials("AKIDEXAMPLE", "secret+/key", ""));
  }
}
