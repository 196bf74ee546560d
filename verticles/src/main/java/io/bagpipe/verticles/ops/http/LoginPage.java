package io.bagpipe.verticles.ops.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A form that asks for the token. It is served to people who may not have anything else of this
 * service, so its few styles are in it, allowed by their hash alone.
 */
final class LoginPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
      body { display: grid; place-content: center; min-height: 90vh; margin: 0; padding: 1rem; }
      main { width: min(22rem, 90vw); }
      label { display: block; margin-bottom: .3rem; }
      input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem .8rem; border-radius: 8px; border: 1px solid #8a8f94; }
      button { margin-top: .8rem; background: #0d7d74; border-color: #0d7d74; color: #fff; }
      [role=alert] { color: #b42318; min-height: 1.5em; }
      @media (prefers-color-scheme: dark) { [role=alert] { color: #f87171; } }
      """;

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Bagpipe: sign in</title>
      <style>%s</style>
      </head>
      <body>
      <main>
      <h1>Bagpipe</h1>
      <form method="post" action="/login">
      <label for="token">Access token</label>
      <input id="token" type="password" name="token" autocomplete="current-password" required autofocus>
      <button>Open the dashboard</button>
      </form>
      <p role="alert">%s</p>
      <p>The token is what <code>http.token</code> or <code>http.token-file</code> of the service says.</p>
      </main>
      </body>
      </html>
      """;

  private static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + hash(STYLE)
          + "'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private LoginPage() {}

  private static String hash(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static void send(RoutingContext ctx, int status, String message) {
    ctx.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("Content-Security-Policy", POLICY)
        .end(PAGE.formatted(STYLE, message));
  }
}
