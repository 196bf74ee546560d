package io.bagpipe.streams.reference;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One GET over HTTP/1.1. The name is resolved here, its addresses are looked at, and the connection
 * is made to one of those: nobody resolves it a second time. Names and certificates are the
 * request's all the same. No proxy, no redirects, no decompression. Safe to use from any thread;
 * blocks, while the bytes come on the event loop.
 */
final class HttpExchange {
  private static final int MOST_ADDRESSES = 4;

  private final HttpClient client;
  private final ClientSSLOptions tls;
  private final Networks networks;
  private final Resolver resolver;

  /**
   * @param trust whom to believe; null: as the JDK does
   */
  HttpExchange(
      Vertx vertx,
      Networks networks,
      Resolver resolver,
      int connections,
      Duration connectTimeout,
      @Nullable TrustOptions trust) {
    this.networks = networks;
    this.resolver = resolver;
    this.tls =
        new ClientSSLOptions()
            .setHostnameVerificationAlgorithm("HTTPS")
            .setTrustOptions(trust == null ? jdk() : trust);
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(connectTimeout.toMillis()))
                .setIdleTimeout(60)
                .setDecompressionSupported(false)
                .setShared(false),
            new PoolOptions().setHttp1MaxSize(connections));
  }

  private static TrustOptions jdk() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (javax.net.ssl.TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager) {
          return TrustOptions.wrap(manager);
        }
      }
      throw new IllegalStateException("this JDK trusts nobody");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK's trusted certificates cannot be read", e);
    }
  }

  /**
   * @param to an {@code http:} or {@code https:} one; whether it is allowed is the caller's
   * @param maxBytes of the body
   * @param deadline in terms of {@link System#nanoTime}
   */
  Answer get(Reference to, Map<String, String> headers, int maxBytes, long deadline)
      throws FetchException, InterruptedException {
    List<InetAddress> addresses = addresses(to);
    FetchDelayedException last = null;
    for (InetAddress address : addresses.subList(0, Math.min(MOST_ADDRESSES, addresses.size()))) {
      Exchange exchange = new Exchange(to, headers, maxBytes);
      try {
        return exchange.with(address, deadline);
      } catch (FetchDelayedException e) {
        last = e; // the name's next address
      }
    }
    throw last == null ? new FetchDelayedException(to + ": its host has no address") : last;
  }

  /** All of them must be permitted: a name that also leads inside is none to be trusted. */
  private List<InetAddress> addresses(Reference to) throws FetchException {
    try {
      List<InetAddress> addresses = resolver.resolve(to.host());
      for (InetAddress address : addresses) {
        if (!networks.permits(address)) {
          throw new FetchRefusedException(
              Refusal.NOT_ALLOWED,
              "%s: its address %s is in no network that may be connected to; see references.networks"
                  .formatted(to, address.getHostAddress()));
        }
      }
      return addresses;
    } catch (UnknownHostException e) {
      throw new FetchDelayedException(to + ": its host is not known just now");
    }
  }

  void close() {
    client.close();
  }

  /** One try with one address. */
  private final class Exchange {
    private final Reference to;
    private final Map<String, String> headers;
    private final int maxBytes;
    private final AtomicReference<@Nullable HttpClientRequest> sent = new AtomicReference<>();
    private volatile boolean over;

    Exchange(Reference to, Map<String, String> headers, int maxBytes) {
      this.to = to;
      this.headers = headers;
      this.maxBytes = maxBytes;
    }

    Answer with(InetAddress address, long deadline) throws FetchException, InterruptedException {
      try {
        return client
            .request(options(address))
            .compose(this::send)
            .toCompletionStage()
            .toCompletableFuture()
            .get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof FetchRefusedException refused) {
          throw new FetchRefusedException(refused.refusal(), String.valueOf(refused.getMessage()));
        }
        throw new FetchDelayedException(to + ": " + e.getCause());
      } catch (TimeoutException e) {
        throw new FetchDelayedException(to + ": no whole answer in time");
      } finally {
        over = true;
        HttpClientRequest request = sent.get();
        if (request != null) {
          request.reset(); // without effect on one that has ended
        }
      }
    }

    private RequestOptions options(InetAddress address) {
      // by its digits, so that no name is left to be resolved
      SocketAddress server = SocketAddress.inetSocketAddress(to.port(), digits(address));
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setServer(server)
              .setHost(to.hostText())
              .setPort(to.port())
              .setURI(to.target())
              .setSsl(to.scheme().equals("https"))
              .setSslOptions(tls)
              .setFollowRedirects(false);
      headers.forEach(options::putHeader);
      return options;
    }

    private Future<Answer> send(HttpClientRequest request) {
      sent.set(request);
      if (over) {
        request.reset();
      }
      return request.send().compose(this::answered);
    }

    private Future<Answer> answered(HttpClientResponse response) {
      response.pause();
      if (response.statusCode() != 200) {
        return Future.succeededFuture(answer(response, new byte[0]));
      }
      String length = response.getHeader("content-length");
      if (length != null && length.matches("\\d{1,18}") && Long.parseLong(length) > maxBytes) {
        return Future.failedFuture(Versions.tooLarge(to, Long.parseLong(length), maxBytes));
      }
      Promise<Answer> whole = Promise.promise();
      Buffer body = Buffer.buffer();
      response.exceptionHandler(whole::tryFail);
      response.endHandler(end -> whole.tryComplete(answer(response, body.getBytes())));
      response.handler(
          chunk -> {
            if (body.length() + chunk.length() > maxBytes) {
              whole.tryFail(Versions.tooLarge(to, 0, maxBytes));
              response.request().reset();
            } else {
              body.appendBuffer(chunk);
            }
          });
      response.resume();
      return whole.future();
    }

    private Answer answer(HttpClientResponse response, byte[] body) {
      var all = response.headers();
      return new Answer(response.statusCode(), all::get, body);
    }
  }

  private static String digits(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
