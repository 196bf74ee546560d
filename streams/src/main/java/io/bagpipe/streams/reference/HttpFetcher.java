package io.bagpipe.streams.reference;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects of web servers. Redirects are followed to what is itself allowed, and its address is
 * looked at as the first one's was; nothing but the URI is sent along.
 */
final class HttpFetcher implements Fetcher {
  static final Map<String, String> HEADERS =
      Map.of(
          "accept", "image/*, */*;q=0.5", "accept-encoding", "identity", "user-agent", "bagpipe");

  private final HttpExchange http;
  private final AllowList allow;
  private final int maxBytes;
  private final Duration timeout;
  private final int redirects;

  HttpFetcher(HttpExchange http, ReferenceSettings settings) {
    this.http = http;
    this.allow = settings.allow();
    this.maxBytes = settings.maxBytes();
    this.timeout = settings.timeout();
    this.redirects = settings.redirects();
  }

  @Override
  public Fetched fetch(Reference reference, String pinned)
      throws FetchException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Reference at = reference;
    for (int hop = 0; hop <= redirects; hop++) {
      allow.check(at);
      Answer answer = http.get(at, HEADERS, maxBytes, deadline);
      String location = redirect(answer);
      if (location == null) {
        return fetched(reference, pinned, answer);
      }
      at = next(at, location);
    }
    throw new FetchRefusedException(
        Refusal.REFUSED, reference + ": more than " + redirects + " redirects");
  }

  /** An image, or why it is none; of any server that speaks HTTP. */
  static Fetched fetched(Reference reference, String pinned, Answer answer) throws FetchException {
    if (answer.status() != 200) {
      throw Statuses.meaning(reference, answer);
    }
    String encoding = answer.header().apply("content-encoding");
    if (encoding != null && !encoding.isBlank() && !encoding.equalsIgnoreCase("identity")) {
      throw new FetchRefusedException(
          Refusal.REFUSED, reference + ": its content is encoded, which was not asked for");
    }
    String version = Versions.of(answer.header(), answer.body().length);
    Versions.check(reference, pinned, version);
    return new Fetched(answer.body(), version);
  }

  private static @Nullable String redirect(Answer answer) {
    return switch (answer.status()) {
      case 301, 302, 303, 307, 308 -> answer.header().apply("location");
      default -> null;
    };
  }

  private static Reference next(Reference from, String location) throws FetchRefusedException {
    Reference to;
    try {
      to = Reference.parse(URI.create(from.uri()).resolve(location.strip()).toString());
    } catch (IllegalArgumentException e) {
      throw new FetchRefusedException(Refusal.REFUSED, from + ": it redirects to what is no URI");
    }
    if (!to.scheme().startsWith("http")) {
      throw new FetchRefusedException(
          Refusal.NOT_ALLOWED, from + ": it redirects to another kind of place, " + to);
    }
    return to;
  }
}
