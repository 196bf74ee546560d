package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.Loopback;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.vertx.core.Handler;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in. With a token, everything but probes needs it: as a bearer token, or, for
 * browsers, as the cookie that {@code POST /login} sets. Without one the service is bound to
 * loopback, and only requests addressed to loopback are served, so that no web page can reach it by
 * a name of its own (DNS rebinding). Pages of another origin may link to this one, and nothing
 * else.
 */
final class Guard implements Handler<RoutingContext> {
  private static final Set<String> PROBES = Set.of("/health/live", "/health/ready");

  private final @Nullable String token;
  private final boolean tls;
  private final String cookieName;

  Guard(Listen listen) {
    this.token = listen.token();
    this.tls = listen.tls() != null;
    // this beginning makes browsers refuse it from any other host, and in clear
    this.cookieName = tls ? "__Host-bagpipe_session" : "bagpipe_session";
  }

  /** Of an orchestrator: open to everybody, and always answered at once. */
  static boolean isProbe(RoutingContext ctx) {
    HttpMethod method = ctx.request().method();
    return (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
        && PROBES.contains(ctx.normalizedPath());
  }

  @Override
  public void handle(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    boolean probe = isProbe(ctx);
    String expected = token;
    if (expected == null) {
      checkLocal(request, probe);
    }
    if (crossOrigin(request) && !link(request)) {
      throw new ApiException(403, "cross_origin", "pages of another origin may only link to this");
    }
    if (expected == null || probe || loginNeeded(ctx) || admitted(request, expected)) {
      ctx.next();
    } else {
      refuse(ctx);
    }
  }

  private static boolean crossOrigin(HttpServerRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return !site.equals("same-origin") && !site.equals("none"); // no page can forge it
    }
    String origin = request.getHeader("Origin");
    if (origin == null) {
      return false;
    }
    String host = request.getHeader("Host");
    return host == null || !origin.replaceFirst("^https?://", "").equalsIgnoreCase(host);
  }

  /** Somebody follows a link: the page of elsewhere gives way, and sees nothing of the answer. */
  private static boolean link(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET)
        && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
        && "document".equals(request.getHeader("Sec-Fetch-Dest"));
  }

  /** A probe may be too old to name a host; a browser never is. */
  private static void checkLocal(HttpServerRequest request, boolean probe) {
    boolean local = Addressed.host(request).map(Loopback::is).orElse(probe);
    if (!local) {
      throw new ApiException(
          403, "bad_host", "this service answers to localhost and 127.0.0.1 only");
    }
  }

  private static boolean loginNeeded(RoutingContext ctx) {
    return ctx.normalizedPath().equals("/login") && ctx.request().method().equals(HttpMethod.POST);
  }

  private boolean admitted(HttpServerRequest request, String expected) {
    String header = request.getHeader("Authorization");
    if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return same(header.substring(7).strip(), expected);
    }
    String session = session(expected);
    // all that there are: of two that have its name, another page of this host may have set one
    return request.headers().getAll("Cookie").stream()
        .flatMap(cookies -> ServerCookieDecoder.STRICT.decodeAll(cookies).stream())
        .anyMatch(c -> c.name().equals(cookieName) && same(c.value(), session));
  }

  /** Compares in a time that tells nothing. */
  private static boolean same(String given, String expected) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }

  /** What the cookie holds: not the token, but only made from it. */
  private static String session(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("bagpipe dashboard session\0".getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void refuse(RoutingContext ctx) {
    ctx.response().putHeader("WWW-Authenticate", "Bearer realm=\"bagpipe\"");
    String accept = ctx.request().getHeader("Accept");
    if (ctx.normalizedPath().equals("/") && accept != null && accept.contains("text/html")) {
      LoginPage.send(ctx, 401, "");
    } else {
      throw new ApiException(401, "unauthorized", "a bearer token is needed (http.token)");
    }
  }

  /** {@code POST /login}: a form's token becomes a cookie. */
  void login(RoutingContext ctx) {
    String expected = token;
    String given = ctx.request().getFormAttribute("token");
    if (expected == null || given == null || !same(given.strip(), expected)) {
      LoginPage.send(ctx, 401, "That is not the token.");
      return;
    }
    Cookie cookie = Cookie.cookie(cookieName, session(expected));
    cookie.setHttpOnly(true).setSecure(tls).setPath("/").setSameSite(CookieSameSite.STRICT);
    ctx.response().addCookie(cookie).setStatusCode(303).putHeader("Location", "/").end();
  }
}
