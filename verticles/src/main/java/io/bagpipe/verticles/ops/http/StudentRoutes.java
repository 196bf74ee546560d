package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Checkpoints and exported students: what lies under the runs directory. A download names a file of
 * the list, character by character; nothing else can be reached, links are not followed.
 */
final class StudentRoutes {
  private static final int MOST = 200;
  private static final int DEPTH = 4;
  private static final Set<String> HIDDEN_ENDINGS = Set.of(".tmp", ".new", ".part", ".lock");

  private final Vertx vertx;
  private final Path runs;
  private final StageClient stages;

  StudentRoutes(Vertx vertx, Path runs, StageClient stages) {
    this.vertx = vertx;
    this.runs = runs.toAbsolutePath().normalize();
    this.stages = stages;
  }

  private record Entry(String name, Path path, long bytes, long modifiedAt) {
    JsonObject toJson() {
      return new JsonObject()
          .put("file", name)
          .put("bytes", bytes)
          .put("modifiedAt", modifiedAt)
          .put("format", format(name));
    }
  }

  void mount(Router router) {
    router.get("/api/students").handler(this::list);
    router.get("/api/students/current").handler(this::current);
    router.get("/api/students/download").handler(this::download);
  }

  private void list(RoutingContext ctx) {
    vertx
        .executeBlocking(this::entries)
        .onSuccess(
            entries -> {
              JsonArray files = new JsonArray();
              entries.forEach(entry -> files.add(entry.toJson()));
              Replies.json(ctx, 200, new JsonObject().put("students", files));
            })
        .onFailure(ctx::fail);
  }

  private void download(RoutingContext ctx) {
    String file = ctx.request().getParam("file");
    if (file == null) {
      throw new ApiException(400, "bad_parameter", "file: which one? See /api/students");
    }
    send(ctx, file);
  }

  private void current(RoutingContext ctx) {
    String format = ctx.request().getParam("format");
    if (format == null || !Set.of("onnx", "safetensors").contains(format)) {
      throw new ApiException(400, "bad_parameter", "format: onnx or safetensors");
    }
    stages
        .<JsonObject>ask(Addresses.STUDENT_EXPORT, new JsonObject().put("format", format))
        .onSuccess(reply -> send(ctx, relative(reply.getString("path", ""))))
        .onFailure(ctx::fail);
  }

  private String relative(String path) {
    Path absolute = runs.resolve(path).normalize();
    return absolute.startsWith(runs) ? name(runs.relativize(absolute)) : "";
  }

  private void send(RoutingContext ctx, String file) {
    vertx
        .executeBlocking(
            () -> entries().stream().filter(entry -> entry.name().equals(file)).findFirst())
        .compose(
            found -> {
              if (found.isEmpty()) {
                return Future.failedFuture(
                    new ApiException(404, "not_found", "no such file; see /api/students"));
              }
              String base = String.valueOf(found.get().path().getFileName());
              ctx.response()
                  .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
                  .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                  .putHeader(
                      "Content-Disposition",
                      "attachment; filename=\"" + base.replaceAll("[^A-Za-z0-9._-]", "_") + '"');
              return ctx.response().sendFile(found.get().path().toString());
            })
        .onFailure(ctx::fail);
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(runs, DEPTH)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        BasicFileAttributes about =
            Files.readAttributes(
                path, BasicFileAttributes.class, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        String name = name(runs.relativize(path));
        if (about.isRegularFile() && offered(name)) {
          entries.add(new Entry(name, path, about.size(), about.lastModifiedTime().toMillis()));
        }
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      // No run yet, or a file went while we looked: the next request sees it right.
      return entries;
    }
    entries.sort(Comparator.comparingLong(Entry::modifiedAt).reversed());
    return entries.size() > MOST ? entries.subList(0, MOST) : entries;
  }

  private static String name(Path relative) {
    return relative.toString().replace('\\', '/');
  }

  private static boolean offered(String name) {
    return !name.startsWith(".")
        && !name.contains("/.")
        && HIDDEN_ENDINGS.stream().noneMatch(name::endsWith);
  }

  private static String format(String name) {
    if (name.endsWith(".onnx")) {
      return "onnx";
    }
    if (name.endsWith(".safetensors")) {
      return "safetensors";
    }
    if (name.endsWith(".md") || name.endsWith(".svg")) {
      return "card";
    }
    return name.endsWith(".jsonl") || name.endsWith(".json") || name.endsWith(".csv")
        ? "log"
        : "checkpoint";
  }
}
