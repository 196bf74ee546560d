package io.bagpipe.verticles.ops.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Answers in JSON. */
final class Replies {
  private Replies() {}

  static void json(RoutingContext ctx, int status, JsonObject body) {
    if (ctx.response().ended() || ctx.response().closed()) {
      return;
    }
    ctx.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(body.toBuffer());
  }

  static JsonObject error(int status, String code, String message) {
    return new JsonObject()
        .put(
            "error",
            new JsonObject().put("status", status).put("code", code).put("message", message));
  }

  /** A whole number of the query string, or what to take when it is missing. */
  static int number(RoutingContext ctx, String name, int otherwise, int least, int most) {
    String text = ctx.request().getParam(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, with the value
    }
    throw new ApiException(
        400,
        "bad_parameter",
        name + ": '" + brief(text) + "' is no whole number in " + least + ".." + most);
  }

  static String brief(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  static JsonArray array(JsonObject json, String field) {
    Object value = json.getValue(field);
    return value instanceof JsonArray array ? array : new JsonArray();
  }
}
