package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The open connections, bounded, which Vert.x leaves to its users. One that waits too long for the
 * head of its request is closed. When all places are taken, a new connection gets that of the one
 * which has waited longest, and there always is one: no more than three quarters of the places may
 * have a request at work, its body still on its way included; who comes then is told to come again.
 * Probes are answered at once and need no such place, so that nobody can shut them out. Confined to
 * the event loop.
 */
final class Connections implements Handler<RoutingContext> {
  private final int most;
  private final int mostAtWork;
  private final long patienceNanos;

  /** Without a request, and since when; who has waited longest comes first. */
  private final Map<HttpConnection, Long> waiting = new LinkedHashMap<>();

  /** With requests that are not answered yet, and how many; all together are {@code atWork}. */
  private final Map<HttpConnection, Integer> working = new HashMap<>();

  private int atWork;

  Connections(Vertx vertx, int most, Duration patience) {
    this.most = most;
    this.mostAtWork = Math.max(1, most * 3 / 4);
    this.patienceNanos = patience.toNanos();
    vertx.setPeriodic(Math.max(1, Math.min(1000, patience.toMillis() / 2)), look -> closeLate());
  }

  void opened(HttpConnection connection) {
    if (waiting.size() + working.size() >= most && !closeLongestWaiting()) {
      connection.close();
      return;
    }
    waiting.put(connection, System.nanoTime());
    connection.closeHandler(closed -> forget(connection));
  }

  /** The head of a request has arrived. */
  @Override
  public void handle(RoutingContext ctx) {
    HttpConnection connection = ctx.request().connection();
    if (Guard.isProbe(ctx)) {
      if (waiting.remove(connection) != null) {
        waiting.put(connection, System.nanoTime()); // its answer is the last that is given up
      }
      ctx.next();
      return;
    }
    if (atWork >= mostAtWork) {
      ctx.response().putHeader("Retry-After", "1");
      throw new ApiException(429, "too_many_requests", "too many requests are at work; try again");
    }
    waiting.remove(connection);
    working.merge(connection, 1, Integer::sum);
    atWork++;
    ctx.addEndHandler(done -> answered(connection));
    ctx.next();
  }

  private void answered(HttpConnection connection) {
    Integer requests = working.remove(connection);
    if (requests == null) {
      return; // closed meanwhile
    }
    atWork--;
    if (requests > 1) {
      working.put(connection, requests - 1);
    } else {
      waiting.put(connection, System.nanoTime());
    }
  }

  private void forget(HttpConnection connection) {
    waiting.remove(connection);
    Integer requests = working.remove(connection);
    atWork -= requests == null ? 0 : requests;
  }

  private boolean closeLongestWaiting() {
    Iterator<HttpConnection> longest = waiting.keySet().iterator();
    if (!longest.hasNext()) {
      return false;
    }
    HttpConnection connection = longest.next();
    forget(connection);
    connection.close();
    return true;
  }

  private void closeLate() {
    long now = System.nanoTime();
    while (!waiting.isEmpty() && now - waiting.values().iterator().next() > patienceNanos) {
      closeLongestWaiting();
    }
  }
}
