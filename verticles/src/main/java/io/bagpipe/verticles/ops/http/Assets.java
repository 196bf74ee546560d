package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The dashboard's files, read from the jar once and served from memory. Each has a route of its
 * own, so there is no path to traverse.
 */
final class Assets {
  private static final String WEB = "/io/bagpipe/verticles/ops/web/";
  private static final String UPLOT = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";
  static final List<String> FILES =
      List.of(
          "index.html",
          "app.css",
          "app.js",
          "charts.js",
          "drift.js",
          "eras.js",
          "feed.js",
          "flow.js",
          "format.js",
          "gallery.js",
          "map.js",
          "tables.js",
          "icon.svg");

  private record Asset(Buffer bytes, String type, String tag) {}

  private final Map<String, Asset> assets = new LinkedHashMap<>();

  /**
   * Reads all files. Blocking, briefly.
   *
   * @throws IOException when one is missing: the jar is broken
   */
  Assets() throws IOException {
    for (String file : FILES) {
      add(file.equals("index.html") ? "/" : "/" + file, WEB + file);
    }
    String dist = "/META-INF/resources/webjars/uplot/" + uplotVersion() + "/dist/";
    add("/uplot.js", dist + "uPlot.esm.js");
    add("/uplot.css", dist + "uPlot.min.css");
    add("/openapi.yaml", "/io/bagpipe/verticles/ops/openapi.yaml");
  }

  private static String uplotVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = open(UPLOT)) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private void add(String path, String resource) throws IOException {
    try (InputStream in = open(resource)) {
      byte[] bytes = in.readAllBytes();
      assets.put(path, new Asset(Buffer.buffer(bytes), type(resource), tag(bytes)));
    }
  }

  private static InputStream open(String resource) throws IOException {
    InputStream in = Assets.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IOException("the jar lacks " + resource);
    }
    return in;
  }

  private static String type(String name) {
    if (name.endsWith(".html")) {
      return "text/html; charset=utf-8";
    }
    if (name.endsWith(".css")) {
      return "text/css; charset=utf-8";
    }
    if (name.endsWith(".js")) {
      return "text/javascript; charset=utf-8";
    }
    return name.endsWith(".svg") ? "image/svg+xml" : "application/yaml; charset=utf-8";
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  void mount(Router router) {
    assets.forEach((path, asset) -> router.get(path).handler(serve(asset)));
  }

  private static Handler<RoutingContext> serve(Asset asset) {
    return ctx -> {
      HttpServerResponse response =
          ctx.response()
              .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
              .putHeader(HttpHeaders.ETAG, asset.tag());
      if (asset.tag().equals(ctx.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
        response.setStatusCode(304).end();
      } else {
        response.putHeader(HttpHeaders.CONTENT_TYPE, asset.type()).end(asset.bytes());
      }
    };
  }
}
