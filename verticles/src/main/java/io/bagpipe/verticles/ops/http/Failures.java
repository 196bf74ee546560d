package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last resort of every request: one line of JSON, never a stack trace. What nobody expected is
 * logged under an id that the client is told.
 */
final class Failures implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final long LINGER_MILLIS = 500;
  private static final Map<Integer, String[]> KNOWN =
      Map.of(
          400, new String[] {"bad_request", "the request cannot be understood"},
          404, new String[] {"not_found", "there is nothing here"},
          405, new String[] {"method_not_allowed", "not with this method"},
          406, new String[] {"not_acceptable", "no answer of the accepted types"},
          408, new String[] {"timeout", "the request took too long to arrive"},
          413, new String[] {"too_large", "the body is larger than this service takes"},
          414, new String[] {"uri_too_long", "the address is too long"},
          415, new String[] {"unsupported_media_type", "not this media type"},
          431, new String[] {"headers_too_large", "the headers are too large"});

  private @Nullable AllowedMethods allowed;

  /** Told once all routes are there. */
  void allow(AllowedMethods methods) {
    allowed = methods;
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (ctx.response().headWritten()) {
      ctx.request().connection().close();
      return;
    }
    Throwable failure = ctx.failure();
    if (failure instanceof ApiException expected) {
      answer(ctx, expected.status(), expected.code(), expected.text());
      return;
    }
    if (failure instanceof HttpClosedException) {
      LOG.debug("the client of {} went away", ctx.request().path());
      return;
    }
    int status = ctx.statusCode();
    String[] words = KNOWN.get(status);
    AllowedMethods methods = allowed;
    if (status == 405 && methods != null) {
      ctx.response().putHeader("Allow", methods.of(ctx.normalizedPath()));
    }
    if (words != null) {
      answer(ctx, status, words[0], words[1]);
    } else if (failure instanceof IllegalArgumentException) {
      // Vert.x refuses malformed percent-encoding and multipart bodies this way.
      answer(ctx, 400, "bad_request", "the request cannot be understood");
    } else {
      // a body that breaks off fails before its connection is known to be closed
      ctx.vertx().runOnContext(later -> unexpected(ctx, failure));
    }
  }

  private static void unexpected(RoutingContext ctx, @Nullable Throwable failure) {
    HttpServerRequest request = ctx.request();
    if (ctx.response().closed()) {
      LOG.debug("the client of {} went away", request.path());
      return;
    }
    String id = UUID.randomUUID().toString();
    LOG.error("request {} {} failed, id {}", request.method(), request.path(), id, failure);
    answer(ctx, 500, "internal", "something went wrong; the log has it under " + id);
  }

  private static void answer(RoutingContext ctx, int status, String code, String message) {
    if (bodyUnderWay(ctx.request())) {
      // The rest of the body is not wanted. Closing at once could lose the answer on its way.
      ctx.response().putHeader("Connection", "close");
      ctx.vertx().setTimer(LINGER_MILLIS, late -> ctx.request().connection().close());
    }
    Replies.json(ctx, status, Replies.error(status, code, message));
  }

  /** Over HTTP/2 the other streams of the connection go on; flow control holds this one back. */
  private static boolean bodyUnderWay(HttpServerRequest request) {
    return !request.isEnded()
        && request.version() != HttpVersion.HTTP_2
        && (request.headers().contains("Content-Length")
            || request.headers().contains("Transfer-Encoding"));
  }
}
