package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** A body that trickles in is cut off. Only its arrival is timed, not the work done with it. */
final class BodyTimeout implements Handler<RoutingContext> {
  private final Duration limit;

  BodyTimeout(Duration limit) {
    this.limit = limit;
  }

  @Override
  public void handle(RoutingContext ctx) {
    long timer =
        ctx.vertx()
            .setTimer(
                limit.toMillis(),
                late -> {
                  if (!ctx.request().isEnded()) {
                    ctx.fail(
                        new ApiException(
                            408, "timeout", "no whole body within " + limit.toSeconds() + " s"));
                  }
                });
    ctx.addEndHandler(done -> ctx.vertx().cancelTimer(timer));
    ctx.next();
  }
}
