package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What the stages are asked on behalf of HTTP clients: bags, images, the map, control. */
final class StageRoutes {
  private static final int MAP_POINTS = 400;

  private final Vertx vertx;
  private final StageClient stages;
  private static final Pattern ERA = Pattern.compile("[^\\p{Cntrl}]{1,100}");

  private final EmbeddingMap map = new EmbeddingMap();

  StageRoutes(Vertx vertx, StageClient stages) {
    this.vertx = vertx;
    this.stages = stages;
  }

  void mount(Router router) {
    router.get("/api/bags").handler(this::bags);
    router.get("/api/bags/sample").handler(this::sample);
    router.get("/api/bags/:key").handler(ctx -> one(ctx, ctx.pathParam("key")));
    router.get("/api/images/:key").handler(this::image);
    router.get("/api/map").handler(this::map);
    router.post("/api/control/pause").handler(ctx -> order(ctx, Addresses.PAUSE));
    router.post("/api/control/resume").handler(ctx -> order(ctx, Addresses.RESUME));
    router.post("/api/checkpoint").handler(ctx -> order(ctx, Addresses.STUDENT_CHECKPOINT));
    router.post("/api/era").handler(this::era);
    router.post("/api/evaluate").handler(ctx -> order(ctx, Addresses.STUDENT_EVALUATE));
    router.post("/api/embed").handler(this::embed);
  }

  /**
   * Several, or the one of the key in the query, which may be any: {@code sample} fits in no path.
   */
  private void bags(RoutingContext ctx) {
    String key = ctx.request().getParam("key");
    if (key == null) {
      sample(ctx);
    } else {
      one(ctx, key);
    }
  }

  private void sample(RoutingContext ctx) {
    int n = Replies.number(ctx, "n", 12, 1, 100);
    answer(
        ctx,
        stages
            .<JsonObject>ask(Addresses.BAGS_SAMPLE, new JsonObject().put("n", n))
            .onSuccess(
                reply ->
                    reply.getJsonArray("bags").forEach(bag -> withPictures((JsonObject) bag))));
  }

  private void one(RoutingContext ctx, String key) {
    answer(
        ctx,
        stages
            .<JsonObject>ask(Addresses.BAGS_GET, new JsonObject().put("key", key))
            .onSuccess(StageRoutes::withPictures));
  }

  /** Where the pictures of an anchor and of its members are. */
  private static void withPictures(JsonObject bag) {
    bag.put("image", picture(bag.getString("key")));
    for (Object member : bag.getJsonArray("members")) {
      ((JsonObject) member).put("image", picture(((JsonObject) member).getString("key")));
    }
  }

  private static String picture(String key) {
    return "/api/images/" + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void order(RoutingContext ctx, String address) {
    answer(ctx, stages.ask(address, new JsonObject()));
  }

  private void era(RoutingContext ctx) {
    String name = ctx.request().getParam("name");
    if (name == null || !ERA.matcher(name).matches()) {
      throw new ApiException(
          400, "bad_parameter", "name must be an era's name, of 1 to 100 visible characters");
    }
    answer(ctx, stages.ask(Addresses.STUDENT_ERA, new JsonObject().put("name", name)));
  }

  private void image(RoutingContext ctx) {
    stages
        .<Buffer>ask(Addresses.IMAGES_GET, new JsonObject().put("key", ctx.pathParam("key")))
        .onSuccess(
            bytes -> {
              ImageType type = ImageType.of(bytes.getBytes());
              ctx.response()
                  .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=300")
                  .putHeader(HttpHeaders.CONTENT_TYPE, type.mediaType());
              if (type == ImageType.UNKNOWN) {
                ctx.response().putHeader("Content-Disposition", "attachment");
              }
              ctx.response().end(bytes);
            })
        .onFailure(ctx::fail);
  }

  private void map(RoutingContext ctx) {
    int n = Replies.number(ctx, "n", MAP_POINTS, 3, 1000);
    answer(
        ctx,
        stages
            .<JsonObject>ask(Addresses.INDEX_SAMPLE, new JsonObject().put("n", n))
            .compose(sample -> vertx.executeBlocking(() -> map.project(sample))));
  }

  private void embed(RoutingContext ctx) {
    byte[] bytes = ctx.body().buffer() == null ? new byte[0] : ctx.body().buffer().getBytes();
    if (ImageType.of(bytes) == ImageType.UNKNOWN) {
      throw new ApiException(415, "unsupported_media_type", ImageType.EXPECTED);
    }
    answer(ctx, stages.ask(Addresses.STUDENT_EMBED, new JsonObject().put("bytes", bytes)));
  }

  private static void answer(RoutingContext ctx, Future<JsonObject> reply) {
    reply.onSuccess(json -> Replies.json(ctx, 200, json)).onFailure(ctx::fail);
  }
}
