package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.ImageIngest;
import io.bagpipe.verticles.ops.OpsConfig;
import io.bagpipe.verticles.ops.history.HistoryStore;
import io.bagpipe.verticles.ops.status.Health;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Puts all routes together; the guards come first. */
public final class OpsRouter {
  private static final int LOGIN_BYTES = 4096;
  private static final long ORDER_BYTES = 16 << 10;
  private static final Duration LEFT_OVER = Duration.ofHours(1);

  private final Vertx vertx;
  private final OpsConfig config;
  private final Parts parts;

  /** What the routes serve. */
  public record Parts(
      StatusBoard board,
      Health health,
      HistoryStore history,
      EventStream events,
      ImageIngest ingest,
      PrometheusMeterRegistry registry) {}

  public OpsRouter(Vertx vertx, OpsConfig config, Parts parts) {
    this.vertx = vertx;
    this.config = config;
    this.parts = parts;
  }

  /**
   * The finished router. Blocking, briefly: reads the dashboard's files from the jar.
   *
   * @throws IOException when the jar is broken
   */
  public Router build() throws IOException {
    Router router = Router.router(vertx);
    Failures failures = new Failures();
    router.route().failureHandler(failures);
    for (int status : new int[] {400, 404, 405, 406, 413, 415}) {
      router.errorHandler(status, failures);
    }
    router
        .route()
        .order(Integer.MIN_VALUE)
        .handler(new SecurityHeaders(config.listen().tls() != null));
    router.route().handler(new Addressed());
    Guard guard = new Guard(config.listen());
    router.route().handler(guard);
    mountBodies(router);
    router.post("/login").handler(guard::login);

    StageClient stages = new StageClient(vertx.eventBus(), config.patience().reply());
    router.get("/health/live").handler(ctx -> health(ctx, parts.health().live()));
    router.get("/health/ready").handler(ctx -> health(ctx, parts.health().ready()));
    router.get("/metrics").handler(this::metrics);
    router.get("/api/status").handler(ctx -> Replies.json(ctx, 200, parts.board().toJson()));
    router.get("/api/history").handler(new HistoryRoute(parts.history())::handle);
    router.get("/api/events").handler(parts.events());
    new StageRoutes(vertx, stages).mount(router);
    new StudentRoutes(vertx, config.runsDirectory(), stages).mount(router);
    new RegistryRoutes(stages).mount(router);
    new IngestRoute(vertx, parts.ingest(), config.limits().imageBytes()).mount(router);
    new Assets().mount(router);
    answerHead(router);
    failures.allow(new AllowedMethods(router));
    return router;
  }

  /** HEAD is GET without the body, which the server leaves away. */
  private static void answerHead(Router router) {
    for (Route route : router.getRoutes()) {
      Set<HttpMethod> methods = route.methods();
      if (methods != null && methods.contains(HttpMethod.GET)) {
        route.method(HttpMethod.HEAD);
      }
    }
  }

  /** Only what takes a body has one read, and only as much as it can use. */
  private void mountBodies(Router router) throws IOException {
    OpsConfig.Limits limits = config.limits();
    Path uploads = config.dataDirectory().resolve("uploads");
    clearUploads(uploads);
    BodyHandler forms = BodyHandler.create(uploads.toString()).setDeleteUploadedFilesOnEnd(true);
    Map<String, BodyHandler> bodies =
        Map.of(
            "/login", BodyHandler.create(false).setBodyLimit(LOGIN_BYTES),
            "/api/embed", BodyHandler.create(false).setBodyLimit(limits.imageBytes()),
            "/api/registry/:id/promote", BodyHandler.create(false).setBodyLimit(ORDER_BYTES),
            "/api/registry/rollback", BodyHandler.create(false).setBodyLimit(ORDER_BYTES),
            "/api/images", forms.setBodyLimit(limits.bodyBytes()));
    BodyBudget budget = new BodyBudget(limits.bodyBytes());
    BodyTimeout timeout = new BodyTimeout(limits.bodyTimeout());
    bodies.forEach(
        (path, body) -> {
          router.post(path).handler(timeout);
          router.post(path).handler(budget);
          router.post(path).handler(body);
        });
  }

  /** What a process that was killed left of the forms that were arriving. */
  private static void clearUploads(Path uploads) throws IOException {
    if (Files.isDirectory(uploads)) {
      FileTime old = FileTime.from(Instant.now().minus(LEFT_OVER));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(uploads)) {
        for (Path file : files) {
          if (Files.getLastModifiedTime(file).compareTo(old) < 0) {
            Files.deleteIfExists(file);
          }
        }
      }
    }
  }

  private static void health(RoutingContext ctx, Health.Verdict verdict) {
    Replies.json(ctx, verdict.up() ? 200 : 503, verdict.json());
  }

  private void metrics(RoutingContext ctx) {
    ctx.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(parts.registry().scrape());
  }
}
