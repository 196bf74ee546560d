package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.OpsConfig;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: its limits, its TLS, its port. Confined to the event loop. */
public final class OpsServer {
  private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);
  private static final int IDLE_SECONDS = 60;
  private static final int HEADER_BYTES = 16 * 1024;

  private final Vertx vertx;
  private final OpsConfig config;
  private @Nullable HttpServer server;

  public OpsServer(Vertx vertx, OpsConfig config) {
    this.vertx = vertx;
    this.config = config;
  }

  /** The port cannot be bound; the message says which and what to do. */
  public static final class PortTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PortTakenException(Listen listen, Throwable cause) {
      super(
          "http.port: cannot listen on "
              + listen.host()
              + ":"
              + listen.port()
              + " ("
              + cause.getMessage()
              + "); stop what listens there, or choose another port",
          cause);
    }
  }

  /** Binds, and answers the port. */
  public Future<Integer> listen(Router router) {
    Listen listen = config.listen();
    HttpServer fresh = vertx.createHttpServer(options(listen));
    server = fresh;
    OpsConfig.Limits limits = config.limits();
    Connections connections = new Connections(vertx, limits.connections(), limits.headerTimeout());
    router.route().order(Integer.MIN_VALUE + 1).handler(connections); // answers have their headers
    return fresh
        .connectionHandler(connections::opened)
        .requestHandler(router)
        .listen()
        .recover(
            e ->
                Future.failedFuture(
                    e instanceof BindException ? new PortTakenException(listen, e) : e))
        .map(HttpServer::actualPort)
        .onSuccess(
            port ->
                LOG.info(
                    "dashboard and API at {}://{}:{}/",
                    listen.tls() == null ? "http" : "https",
                    listen.host(),
                    port));
  }

  private static HttpServerOptions options(Listen listen) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(listen.host())
            .setPort(listen.port())
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(HEADER_BYTES)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS);
    OpsConfig.Tls tls = listen.tls();
    if (tls != null) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setCertPath(tls.certificate().toString())
                  .setKeyPath(tls.key().toString()));
    }
    return options;
  }

  /** The port bound. */
  public int port() {
    HttpServer bound = server;
    if (bound == null) {
      throw new IllegalStateException("not listening yet");
    }
    return bound.actualPort();
  }

  /** Stops listening and closes what is open. */
  public Future<Void> close() {
    HttpServer bound = server;
    return bound == null ? Future.succeededFuture() : bound.close();
  }
}
