package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The open connections, bounded. One that waits too long for the head of its request is closed, so
 * that heads that trickle in hold nothing for long; and when all places are taken, a new connection
 * gets that of the one which has waited longest, so that nobody can shut health and people out by
 * holding connections open. Confined to the event loop.
 */
final class Connections implements Handler<RoutingContext> {
  private static final class Open {
    int requests;
    long timer = -1;
  }

  private final Vertx vertx;
  private final int most;
  private final long patienceMillis;

  /** Those without a request come in the order in which they began to wait. */
  private final Map<HttpConnection, Open> all = new LinkedHashMap<>();

  Connections(Vertx vertx, int most, Duration patience) {
    this.vertx = vertx;
    this.most = most;
    this.patienceMillis = patience.toMillis();
  }

  void opened(HttpConnection connection) {
    if (all.size() >= most && !closeLongestWaiting()) {
      connection.close();
      return;
    }
    Open open = new Open();
    all.put(connection, open);
    connection.closeHandler(closed -> forget(connection));
    await(connection, open);
  }

  /** The head of a request has arrived. */
  @Override
  public void handle(RoutingContext ctx) {
    HttpConnection connection = ctx.request().connection();
    Open open = all.get(connection);
    if (open != null) {
      open.requests++;
      vertx.cancelTimer(open.timer);
      ctx.addEndHandler(done -> answered(connection, open));
    }
    ctx.next();
  }

  private void answered(HttpConnection connection, Open open) {
    open.requests--;
    if (open.requests == 0 && all.remove(connection, open)) {
      all.put(connection, open);
      await(connection, open);
    }
  }

  private void await(HttpConnection connection, Open open) {
    open.timer = vertx.setTimer(patienceMillis, late -> connection.close());
  }

  private void forget(HttpConnection connection) {
    Open open = all.remove(connection);
    if (open != null) {
      vertx.cancelTimer(open.timer);
    }
  }

  private boolean closeLongestWaiting() {
    for (Map.Entry<HttpConnection, Open> each : all.entrySet()) {
      if (each.getValue().requests == 0) {
        HttpConnection longest = each.getKey();
        forget(longest);
        longest.close();
        return true;
      }
    }
    return false;
  }
}
