package io.bagpipe.verticles.ops.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request names one host, once (RFC 9112, section 3.2), and its end is beyond doubt: what a proxy
 * may have understood differently is refused, and a connection that carried a chunked body carries
 * nothing more (section 6.1). Comes before everything that believes a header.
 */
final class Addressed implements Handler<RoutingContext> {
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::\\d{0,5})?");
  private static final Pattern TARGET = Pattern.compile("(?i)https?://([^/?#]*)(?:[/?#].*)?");

  /** On these everything is said; what else has come on them is not looked at. */
  private final Set<HttpConnection> spent = Collections.newSetFromMap(new WeakHashMap<>());

  @Override
  public void handle(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    if (request.version() != HttpVersion.HTTP_2) {
      if (spent.contains(request.connection())) {
        request.connection().close();
        return;
      }
      checkHosts(request);
      checkTarget(request);
      checkBody(ctx);
    }
    checkQuery(request);
    ctx.next();
  }

  /** Vert.x decodes it late, and of some routes in a way that would be a fault of ours. */
  private static void checkQuery(HttpServerRequest request) {
    try {
      request.params();
    } catch (IllegalArgumentException e) {
      throw refused("the query is not percent-encoded");
    }
  }

  private static void checkHosts(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll("Host");
    boolean nameless = hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_0;
    if (!nameless && (hosts.size() != 1 || !AUTHORITY.matcher(hosts.get(0)).matches())) {
      throw refused("a request has one header Host with a name or an address, and perhaps a port");
    }
  }

  private static void checkTarget(HttpServerRequest request) {
    String target = request.uri();
    if (target.startsWith("/")) {
      return;
    }
    Matcher absolute = TARGET.matcher(target);
    if (!absolute.matches() || !absolute.group(1).equalsIgnoreCase(request.getHeader("Host"))) {
      throw refused("the target is no path, and not of the host that the header Host names");
    }
  }

  /** Netty has checked the lengths there are; of a length beside chunks it believes the chunks. */
  private void checkBody(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    HttpConnection connection = request.connection();
    if (request.headers().contains("Transfer-Encoding")) {
      if (request.version() == HttpVersion.HTTP_1_0) {
        throw refused("HTTP/1.0 has no Transfer-Encoding");
      }
      ctx.response().putHeader("Connection", "close");
      spent.add(connection);
      ctx.addEndHandler(done -> connection.close());
    }
  }

  private static ApiException refused(String why) {
    return new ApiException(400, "bad_request", why);
  }

  /** The host that a request is addressed to, in small letters; empty: it names none. */
  static Optional<String> host(HttpServerRequest request) {
    @Nullable HostAndPort authority = request.authority();
    return authority == null
        ? Optional.empty()
        : Optional.of(authority.host().toLowerCase(Locale.ROOT));
  }
}
