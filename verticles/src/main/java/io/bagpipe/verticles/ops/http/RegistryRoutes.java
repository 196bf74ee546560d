package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Which student serves, what is known of the others, and who is to serve instead. */
final class RegistryRoutes {
  private final StageClient stages;

  RegistryRoutes(StageClient stages) {
    this.stages = stages;
  }

  void mount(Router router) {
    router.get("/api/registry").handler(ctx -> answer(ctx, ask(new JsonObject())));
    router
        .get("/api/registry/:id")
        .handler(ctx -> answer(ctx, ask(id(ctx)).map(RegistryRoutes::bare)));
    router.get("/api/registry/:id/card").handler(this::card);
    router
        .post("/api/registry/:id/promote")
        .handler(
            ctx ->
                answer(
                    ctx,
                    stages.ask(
                        Addresses.STUDENT_PROMOTE, order(ctx).put("id", ctx.pathParam("id")))));
    router
        .post("/api/registry/rollback")
        .handler(ctx -> answer(ctx, stages.ask(Addresses.STUDENT_ROLL_BACK, order(ctx))));
  }

  private Future<JsonObject> ask(JsonObject request) {
    return stages.ask(Addresses.STUDENT_REGISTRY, request);
  }

  private static JsonObject id(RoutingContext ctx) {
    return new JsonObject().put("id", ctx.pathParam("id"));
  }

  private static JsonObject bare(JsonObject whole) {
    whole.remove("card");
    return whole;
  }

  private void card(RoutingContext ctx) {
    ask(id(ctx))
        .onSuccess(
            whole ->
                ctx.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/markdown; charset=utf-8")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .end(whole.getString("card", "")))
        .onFailure(ctx::fail);
  }

  /** {@code {reason?, hold?}}; an empty body is none of both. */
  private static JsonObject order(RoutingContext ctx) {
    var body = ctx.body().buffer();
    if (body == null || body.length() == 0) {
      return new JsonObject();
    }
    try {
      JsonObject said = new JsonObject(body);
      Object reason = said.getValue("reason", "");
      Object hold = said.getValue("hold", false);
      return new JsonObject()
          .put("reason", reason == null ? "" : (String) reason)
          .put("hold", hold != null && (Boolean) hold);
    } catch (DecodeException | ClassCastException e) {
      throw new ApiException(
          400, "bad_request", "the body must be {\"reason\": \"…\", \"hold\": false}, or empty");
    }
  }

  private static void answer(RoutingContext ctx, Future<JsonObject> reply) {
    reply.onSuccess(json -> Replies.json(ctx, 200, json)).onFailure(ctx::fail);
  }
}
