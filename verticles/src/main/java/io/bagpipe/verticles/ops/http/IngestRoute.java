package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.ImageIngest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.FileUpload;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/images}: one image as the body, or several as multipart. The images go to the
 * topic in turn; the answer counts those the broker has. A push that meets backpressure on its way
 * says which images are in and which are to be sent again.
 */
final class IngestRoute {
  private static final int MOST_IMAGES = 1000;
  private static final int LONGEST_KEY = 512;

  private final Vertx vertx;
  private final ImageIngest ingest;
  private final int imageBytes;

  IngestRoute(Vertx vertx, ImageIngest ingest, int imageBytes) {
    this.vertx = vertx;
    this.ingest = ingest;
    this.imageBytes = imageBytes;
  }

  private record Picture(@Nullable String key, byte[] bytes) {}

  void mount(Router router) {
    router.post("/api/images").handler(this::handle);
  }

  private void handle(RoutingContext ctx) {
    String label = checked(ctx, "label");
    Map<String, String> headers = label == null ? Map.of() : Map.of("label", label);
    pictures(ctx)
        .compose(
            pictures -> {
              pictures.forEach(picture -> check(picture, label));
              return offer(pictures, headers);
            })
        .onSuccess(outcome -> answer(ctx, outcome))
        .onFailure(ctx::fail);
  }

  private static @Nullable String checked(RoutingContext ctx, String name) {
    String value = ctx.request().getParam(name);
    if (value != null && (value.isEmpty() || value.length() > LONGEST_KEY)) {
      throw new ApiException(
          400, "bad_parameter", name + ": between 1 and " + LONGEST_KEY + " characters");
    }
    return value;
  }

  private Future<List<Picture>> pictures(RoutingContext ctx) {
    String type = ctx.request().getHeader("Content-Type");
    if (type == null || !type.toLowerCase(java.util.Locale.ROOT).startsWith("multipart/")) {
      String key = checked(ctx, "key");
      byte[] body = ctx.body().buffer() == null ? new byte[0] : ctx.body().buffer().getBytes();
      if (body.length == 0) {
        throw new ApiException(400, "empty", "the body is empty; send an encoded image");
      }
      return Future.succeededFuture(List.of(new Picture(key, body)));
    }
    List<FileUpload> uploads = ctx.fileUploads();
    if (uploads.isEmpty() || uploads.size() > MOST_IMAGES) {
      throw new ApiException(
          400,
          "bad_multipart",
          uploads.size() + " files in the form; between 1 and " + MOST_IMAGES + " are taken");
    }
    return vertx.executeBlocking(
        () -> {
          List<Picture> pictures = new ArrayList<>();
          for (FileUpload upload : uploads) {
            byte[] bytes = Files.readAllBytes(Path.of(upload.uploadedFileName()));
            pictures.add(new Picture(key(upload.fileName()), bytes));
          }
          return pictures;
        });
  }

  /** The file's name as the client gave it, cut; none when it is empty. */
  private static @Nullable String key(@Nullable String fileName) {
    if (fileName == null || fileName.isBlank()) {
      return null;
    }
    return fileName.length() > LONGEST_KEY ? fileName.substring(0, LONGEST_KEY) : fileName;
  }

  private void check(Picture picture, @Nullable String label) {
    String who = picture.key() == null ? "" : Replies.brief(picture.key()) + ": ";
    String refusal = ingest.refusal(picture.key(), label);
    if (refusal != null) {
      throw new ApiException(400, "bad_parameter", who + refusal);
    }
    if (picture.bytes().length > imageBytes) {
      throw new ApiException(
          413,
          "too_large",
          who + picture.bytes().length + " bytes; an image may have " + imageBytes);
    }
    if (ImageType.of(picture.bytes()) == ImageType.UNKNOWN) {
      throw new ApiException(415, "unsupported_media_type", who + ImageType.EXPECTED);
    }
  }

  private record Outcome(
      List<ImageIngest.Accepted> accepted, int offered, ImageIngest.Answer last) {}

  private Future<Outcome> offer(List<Picture> pictures, Map<String, String> headers) {
    return offerFrom(0, pictures, headers, new ArrayList<>());
  }

  private Future<Outcome> offerFrom(
      int next,
      List<Picture> pictures,
      Map<String, String> headers,
      List<ImageIngest.Accepted> accepted) {
    Picture picture = pictures.get(next);
    return ingest
        .offer(picture.key(), picture.bytes(), headers)
        .compose(
            answer -> {
              if (answer instanceof ImageIngest.Accepted in) {
                accepted.add(in);
                if (next + 1 < pictures.size()) {
                  return offerFrom(next + 1, pictures, headers, accepted);
                }
              }
              return Future.succeededFuture(new Outcome(accepted, pictures.size(), answer));
            });
  }

  private static void answer(RoutingContext ctx, Outcome outcome) {
    JsonArray accepted = new JsonArray();
    for (ImageIngest.Accepted in : outcome.accepted()) {
      accepted.add(
          new JsonObject()
              .put("key", in.key())
              .put("partition", in.partition())
              .put("offset", in.offset()));
    }
    JsonObject body = new JsonObject();
    int status = 202;
    if (outcome.last() instanceof ImageIngest.Busy busy) {
      status = 429;
      long seconds = Math.max(1, busy.retryAfter().toSeconds());
      ctx.response().putHeader("Retry-After", Long.toString(seconds));
      body = Replies.error(429, "backpressure", "too many images are waiting; try again later");
    } else if (outcome.last() instanceof ImageIngest.Unavailable closed) {
      status = 503;
      body = Replies.error(503, "unavailable", closed.reason());
    }
    body.put("accepted", accepted).put("offered", outcome.offered());
    Replies.json(ctx, status, body);
  }
}
