package io.bagpipe.verticles.ops.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.bagpipe.verticles.ops.ImageIngest;
import io.bagpipe.verticles.ops.OpsConfig;
import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.history.HistoryStore;
import io.bagpipe.verticles.ops.status.Health;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiTest {
  @TempDir Path directory;

  @Test
  void describesExactlyTheRoutesThatAreServed() throws Exception {
    assertThat(described()).containsExactlyInAnyOrderElementsOf(served());
  }

  private static Set<String> described() throws Exception {
    Set<String> operations = new TreeSet<>();
    try (InputStream in = OpenApiTest.class.getResourceAsStream("../openapi.yaml")) {
      JsonNode paths = new YAMLMapper().readTree(in).get("paths");
      paths
          .properties()
          .forEach(
              path ->
                  path.getValue()
                      .fieldNames()
                      .forEachRemaining(
                          method ->
                              operations.add(
                                  method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    }
    return operations;
  }

  private Set<String> served() throws Exception {
    Set<String> operations = new TreeSet<>();
    Vertx vertx = Vertx.vertx();
    try {
      for (Route route : router(vertx).build().getRoutes()) {
        String path = route.getPath();
        if (path == null || isAsset(path)) {
          continue;
        }
        route.methods().stream()
            .filter(method -> !method.equals(HttpMethod.HEAD)) // as GET, see HostileRequestsTest
            .forEach(m -> operations.add(m + " " + path.replaceAll(":(\\w+)", "{$1}")));
      }
    } finally {
      vertx.close();
    }
    return operations;
  }

  private static boolean isAsset(String path) {
    return path.equals("/uplot.js")
        || path.equals("/uplot.css")
        || Assets.FILES.contains(path.substring(1));
  }

  private OpsRouter router(Vertx vertx) {
    Patience patience = Patience.DEFAULT;
    StatusBoard board = new StatusBoard(Clock.systemUTC(), patience);
    return new OpsRouter(
        vertx,
        new OpsConfig(Listen.local(0), Limits.DEFAULT, patience, directory, directory, Set.of()),
        new OpsRouter.Parts(
            board,
            new Health(board, patience, Set.of()),
            new HistoryStore(vertx, directory, Map.of()),
            new EventStream(1, board::toJson),
            ImageIngest.CLOSED,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
  }

  @Test
  void everyFileOfTheDashboardIsServed() throws Exception {
    Path web = Path.of("src/main/resources/io/bagpipe/verticles/ops/web");
    try (var files = Files.list(web)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(Assets.FILES);
    }
  }
}
