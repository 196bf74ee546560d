package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code GET /api/events}: server-sent events. {@code status} is all of the status, {@code points}
 * are new points of the history by series. A listener that reads too slowly misses some and is told
 * {@code resync} when it has caught up, so that it reads the history anew; nothing piles up here.
 */
public final class EventStream implements Handler<RoutingContext> {
  private static final class Listener {
    boolean missed;
  }

  private final int most;
  private final Supplier<JsonObject> status;
  private final Map<HttpServerResponse, Listener> listeners = new LinkedHashMap<>();

  public EventStream(int most, Supplier<JsonObject> status) {
    this.most = most;
    this.status = status;
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (listeners.size() >= most) {
      ctx.response().putHeader("Retry-After", "10");
      throw new ApiException(503, "too_many_listeners", most + " listeners are here already");
    }
    HttpServerResponse response =
        ctx.response()
            .setChunked(true)
            .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader("X-Accel-Buffering", "no");
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      response.end();
      return;
    }
    listeners.put(response, new Listener());
    ctx.addEndHandler(gone -> listeners.remove(response)); // others wait for the end too
    response.write("retry: 2000\n\n" + frame("status", status.get()));
  }

  /** Tells everybody who can listen. */
  public void send(String event, JsonObject data) {
    if (listeners.isEmpty()) {
      return;
    }
    String frame = frame(event, data);
    listeners.forEach(
        (response, listener) -> {
          if (response.writeQueueFull()) {
            listener.missed = true;
            return;
          }
          String resync = listener.missed ? frame("resync", new JsonObject()) : "";
          listener.missed = false;
          response.write(resync + frame);
        });
  }

  /** How many listen now. */
  public int listeners() {
    return listeners.size();
  }

  /** Ends all streams. */
  public void close() {
    List<HttpServerResponse> open = List.copyOf(listeners.keySet());
    listeners.clear();
    open.forEach(HttpServerResponse::end);
  }

  private static String frame(String event, JsonObject data) {
    return "event: " + event + "\ndata: " + data.encode() + "\n\n";
  }
}
