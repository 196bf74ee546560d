package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * What all bodies under way may take of memory together: four of the largest. Who finds no room is
 * told to come again in a second. A body whose length is not said counts as the largest. Confined
 * to the event loop.
 */
final class BodyBudget implements Handler<RoutingContext> {
  private static final int LARGEST_AT_ONCE = 4;

  private final long largest;
  private long free;

  BodyBudget(long largest) {
    this.largest = largest;
    this.free = LARGEST_AT_ONCE * largest;
  }

  @Override
  public void handle(RoutingContext ctx) {
    long bytes = size(ctx.request().getHeader(HttpHeaders.CONTENT_LENGTH), chunked(ctx));
    if (bytes > free) {
      ctx.response().putHeader("Retry-After", "1");
      throw new ApiException(
          429, "too_many_requests", "too many bytes are arriving at once; try again");
    }
    free -= bytes;
    ctx.addEndHandler(done -> free += bytes);
    ctx.next();
  }

  private static boolean chunked(RoutingContext ctx) {
    return ctx.request().headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  /** What is longer than the largest is refused by the next handler without being read. */
  private long size(@Nullable String length, boolean chunked) {
    if (length == null) {
      return chunked ? largest : 0;
    }
    try {
      return Math.min(largest, Math.max(0, Long.parseLong(length)));
    } catch (NumberFormatException e) {
      return largest;
    }
  }
}
