package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.history.HistoryStore;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/history}: series as columns, as many points as asked. */
final class HistoryRoute {
  private final HistoryStore store;

  HistoryRoute(HistoryStore store) {
    this.store = store;
  }

  void handle(RoutingContext ctx) {
    int points = Replies.number(ctx, "points", 1000, 2, 5000);
    long since = since(ctx.request().getParam("since"));
    String names = ctx.request().getParam("series");
    Set<String> wanted =
        names == null ? store.names() : new LinkedHashSet<>(Arrays.asList(names.split(",")));
    JsonObject series = new JsonObject();
    for (String name : wanted) {
      JsonObject columns = store.read(name, since, points);
      if (columns == null) {
        throw new ApiException(
            400,
            "bad_parameter",
            "series: '" + Replies.brief(name) + "' is none of " + String.join(", ", store.names()));
      }
      series.put(name, columns);
    }
    Replies.json(ctx, 200, new JsonObject().put("series", series));
  }

  private static long since(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    try {
      long since = Long.parseLong(text);
      if (since >= 0) {
        return since;
      }
    } catch (NumberFormatException e) {
      // said below, with the value
    }
    throw new ApiException(
        400,
        "bad_parameter",
        "since: '" + Replies.brief(text) + "' is no time in epoch milliseconds");
  }
}
