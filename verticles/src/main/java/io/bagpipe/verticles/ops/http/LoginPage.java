package io.bagpipe.verticles.ops.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** A form that asks for the token. It needs nothing else from this service, so no styles. */
final class LoginPage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Bagpipe</title>
      </head>
      <body>
      <h1>Bagpipe</h1>
      <p role="alert">%s</p>
      <form method="post" action="/login">
      <label>Access token <input type="password" name="token" required autofocus></label>
      <button>Open the dashboard</button>
      </form>
      </body>
      </html>
      """;

  private LoginPage() {}

  static void send(RoutingContext ctx, int status, String message) {
    ctx.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(PAGE.formatted(message));
  }
}
