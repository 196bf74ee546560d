package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each remote address; the table is bounded, and the address that was quiet
 * longest is forgotten first. Health is exempt.
 */
final class RateLimit implements Handler<RoutingContext> {
  private static final int ADDRESSES = 4096;
  private static final int BURST_SECONDS = 4;

  private static final class Bucket {
    double tokens;
    long filledNanos;
  }

  private final int perSecond;
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true);

  RateLimit(int perSecond) {
    this.perSecond = perSecond;
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (ctx.normalizedPath().startsWith("/health/")
        || admits(ctx.request().remoteAddress().hostAddress())) {
      ctx.next();
      return;
    }
    ctx.response().putHeader("Retry-After", "1");
    throw new ApiException(
        429, "too_many_requests", "more than " + perSecond + " requests a second");
  }

  boolean admits(String address) {
    long now = System.nanoTime();
    double full = (double) perSecond * BURST_SECONDS;
    Bucket bucket = buckets.get(address);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.tokens = full;
      buckets.put(address, bucket);
      if (buckets.size() > ADDRESSES) {
        buckets.remove(buckets.keySet().iterator().next());
      }
    } else {
      double gained = (now - bucket.filledNanos) * (perSecond / 1e9);
      bucket.tokens = Math.min(full, bucket.tokens + gained);
    }
    bucket.filledNanos = now;
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens -= 1;
    return true;
  }
}
