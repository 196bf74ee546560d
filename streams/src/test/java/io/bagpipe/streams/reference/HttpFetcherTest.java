package io.bagpipe.streams.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFetcherTest extends WebFixture {
  private static final String PASSWORD = "changeit";
  private static final Duration LONG = Duration.ofSeconds(60);

  private static void keytool(String arguments) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    line.addAll(List.of((arguments + " -storepass " + PASSWORD).split(" ", -1)));
    Process tool = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tool.waitFor()).as(said).isZero();
  }

  private HttpFetcher fetcher(Duration timeout, String... allow) throws Exception {
    return new HttpFetcher(exchange(host -> loopback(), "127.0.0.1"), settings(timeout, allow));
  }

  private static FetchException failure(Fetcher fetcher, String uri) {
    return catchThrowableOfType(
        FetchException.class, () -> fetcher.fetch(Reference.parse(uri), ""));
  }

  private static Refusal refusal(Fetcher fetcher, String uri) {
    FetchException failure = failure(fetcher, uri);
    assertThat(failure).isInstanceOf(FetchRefusedException.class);
    return ((FetchRefusedException) failure).refusal();
  }

  @Test
  void anObjectComesWithItsVersionUnderTheNameThatWasAsked() throws Exception {
    int port = serve(r -> r.response().putHeader("ETag", "\"v1\"").end("bytes"));
    String site = "http://photos.example:" + port;
    HttpFetcher fetcher = fetcher(LONG, site);

    Fetched image = fetcher.fetch(Reference.parse(site + "/a%20b?x=1"), "etag:\"v1\"");

    assertThat(image.bytes()).isEqualTo("bytes".getBytes(StandardCharsets.UTF_8));
    assertThat(image.version()).isEqualTo("etag:\"v1\"");
    assertThat(asked).containsExactly("photos.example:" + port + " /a%20b?x=1");
    FetchRefusedException changed =
        catchThrowableOfType(
            FetchRefusedException.class,
            () -> fetcher.fetch(Reference.parse(site + "/a"), "etag:\"v0\""));
    assertThat(changed.refusal()).isEqualTo(Refusal.CHANGED);
    assertThat(changed).hasMessageContaining("was to be etag:\"v0\" and is etag:\"v1\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "169.254.169.254",
        "10.0.0.7",
        "::1",
        "::ffff:127.0.0.1",
        "fd00:ec2::254"
      })
  void aNameThatLeadsInsideIsNotConnectedTo(String address) throws Exception {
    int port = serve(r -> r.response().end("secret"));
    String site = "http://evil.example:" + port;
    Resolver inside = host -> List.of(InetAddress.getByName(address));
    Resolver both =
        host -> List.of(InetAddress.getByName("1.1.1.1"), InetAddress.getByName(address));

    for (Resolver resolver : List.of(inside, both)) {
      HttpFetcher fetcher = new HttpFetcher(exchange(resolver), settings(LONG, site));
      assertThat(refusal(fetcher, site + "/latest/meta-data")).isEqualTo(Refusal.NOT_ALLOWED);
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"})
  void anAddressThatIsAllowedByNameAloneIsNotConnectedTo(String host) throws Exception {
    int port = serve(r -> r.response().end("secret"));
    String site = "http://" + host + ":" + port;
    HttpFetcher fetcher = new HttpFetcher(exchange(Resolver.system()), settings(LONG, site));

    assertThat(refusal(fetcher, site + "/x")).isEqualTo(Refusal.NOT_ALLOWED);
    assertThat(asked).isEmpty();
  }

  /** The name changes its address between the look and the connection. */
  @Test
  void aNameIsResolvedOnceAndThatAddressIsConnectedTo() throws Exception {
    int port = serve(r -> r.response().end("bytes"));
    // a name that a second resolution could not even find
    String site = "http://rebound.invalid:" + port;
    AtomicInteger resolved = new AtomicInteger();
    Resolver rebinding =
        host ->
            resolved.getAndIncrement() == 0
                ? loopback()
                : List.of(InetAddress.getByName("169.254.169.254"));
    HttpFetcher fetcher = new HttpFetcher(exchange(rebinding, "127.0.0.1"), settings(LONG, site));

    assertThat(fetcher.fetch(Reference.parse(site + "/x"), "").bytes()).hasSize(5);
    assertThat(refusal(fetcher, site + "/x")).isEqualTo(Refusal.NOT_ALLOWED);
    assertThat(asked).hasSize(1);
  }

  @Test
  void redirectsAreFollowedToWhatIsAllowedAndNotFurther() throws Exception {
    int port =
        serve(
            r -> {
              String to =
                  switch (r.path()) {
                    case "/a/1" -> "/a/2";
                    case "/a/2" -> "3?x";
                    case "/a/3" -> "";
                    case "/a/round" -> "/a/round";
                    case "/a/out" -> "/b/secret";
                    case "/a/host" -> "http://other.example/a";
                    case "/a/meta" -> "http://169.254.169.254/latest";
                    case "/a/file" -> "file:///etc/passwd";
                    case "/a/user" -> "http://photos.example@127.0.0.1/";
                    default -> "http://[bad";
                  };
              if (to.isEmpty()) {
                r.response().end("bytes");
              } else {
                r.response().setStatusCode(302).putHeader("Location", to).end();
              }
            });
    String site = "http://photos.example:" + port;
    HttpFetcher fetcher = fetcher(LONG, site + "/a");

    assertThat(fetcher.fetch(Reference.parse(site + "/a/1"), "").bytes()).hasSize(5);
    assertThat(refusal(fetcher, site + "/a/round")).isEqualTo(Refusal.REFUSED);
    assertThat(refusal(fetcher, site + "/a/out")).isEqualTo(Refusal.NOT_ALLOWED);
    assertThat(refusal(fetcher, site + "/a/host")).isEqualTo(Refusal.NOT_ALLOWED);
    assertThat(refusal(fetcher, site + "/a/meta")).isEqualTo(Refusal.NOT_ALLOWED);
    assertThat(failure(fetcher, site + "/a/file")).isInstanceOf(FetchRefusedException.class);
    assertThat(refusal(fetcher, site + "/a/user")).isEqualTo(Refusal.BAD_REFERENCE);
    assertThat(refusal(fetcher, site + "/a/bad")).isEqualTo(Refusal.REFUSED);
    assertThat(asked).noneMatch(request -> request.contains("secret"));
  }

  /** The server of the redirect is allowed by name, and leads inside. */
  @Test
  void aRedirectsAddressIsLookedAtToo() throws Exception {
    int port =
        serve(
            r ->
                r.response()
                    .setStatusCode(307)
                    .putHeader("Location", "http://inside.example/x")
                    .end());
    String site = "http://photos.example:" + port;
    Resolver resolver =
        host ->
            host.equals("inside.example")
                ? List.of(InetAddress.getByName("169.254.169.254"))
                : loopback();
    HttpFetcher fetcher =
        new HttpFetcher(
            exchange(resolver, "127.0.0.1"), settings(LONG, site, "http://inside.example"));

    assertThat(failure(fetcher, site + "/x"))
        .isInstanceOf(FetchRefusedException.class)
        .hasMessageContaining("169.254.169.254");
  }

  @ParameterizedTest
  @CsvSource({
    "404, NOT_FOUND",
    "410, NOT_FOUND",
    "401, FORBIDDEN",
    "403, FORBIDDEN",
    "400, REFUSED",
    "204, REFUSED",
    "206, REFUSED",
    "304, REFUSED",
    "500, ''",
    "503, ''",
    "408, ''",
    "429, ''"
  })
  void aStatusIsForGoodOrForNow(int status, String refusal) throws Exception {
    int port = serve(r -> r.response().setStatusCode(status).putHeader("Retry-After", "7").end());
    String site = "http://photos.example:" + port;

    FetchException failure = failure(fetcher(LONG, site), site + "/x");

    if (failure instanceof FetchDelayedException delayed) {
      assertThat(refusal).isEmpty();
      assertThat(delayed.after()).hasSeconds(7);
    } else {
      assertThat(((FetchRefusedException) failure).refusal().name()).isEqualTo(refusal);
    }
    assertThat(failure).hasMessageContaining("status " + status);
  }

  @Test
  void aLargeBodyIsBrokenOffWhetherItSaysSoOrNot() throws Exception {
    Buffer large = Buffer.buffer(new byte[MOST + 1]);
    int port =
        serve(
            r -> {
              if (r.path().equals("/chunked")) {
                r.response().setChunked(true);
              }
              if (r.path().equals("/most")) {
                r.response().end(Buffer.buffer(new byte[MOST]));
              } else if (r.path().equals("/endless")) {
                r.response().setChunked(true);
                vertx.setPeriodic(1, t -> r.response().write(large));
              } else {
                r.response().end(large);
              }
            });
    String site = "http://photos.example:" + port;
    HttpFetcher fetcher = fetcher(LONG, site);

    assertThat(fetcher.fetch(Reference.parse(site + "/most"), "").bytes()).hasSize(MOST);
    assertThat(refusal(fetcher, site + "/whole")).isEqualTo(Refusal.TOO_MANY_BYTES);
    assertThat(refusal(fetcher, site + "/chunked")).isEqualTo(Refusal.TOO_MANY_BYTES);
    assertThat(refusal(fetcher, site + "/endless")).isEqualTo(Refusal.TOO_MANY_BYTES);
  }

  @Test
  void anAnswerThatDripsIsBrokenOffForNow() throws Exception {
    int port =
        serve(
            r -> {
              r.response().setChunked(true);
              vertx.setPeriodic(10, t -> r.response().write("."));
            });
    String site = "http://photos.example:" + port;

    assertThat(failure(fetcher(Duration.ofMillis(500), site), site + "/x"))
        .isInstanceOf(FetchDelayedException.class)
        .hasMessageContaining("no whole answer in time");
  }

  @Test
  void nobodyThereAndNoSuchNameAreForNow() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String site = "http://photos.example:" + free;
    Resolver unknown =
        host -> {
          throw new UnknownHostException(host);
        };

    assertThat(failure(fetcher(LONG, site), site + "/x")).isInstanceOf(FetchDelayedException.class);
    assertThat(failure(new HttpFetcher(exchange(unknown), settings(LONG, site)), site + "/x"))
        .isInstanceOf(FetchDelayedException.class);
  }

  /** A truncated body is no image that is a little shorter. */
  @Test
  void aBodyThatEndsEarlyIsForNow() throws Exception {
    int port =
        serve(
            r -> {
              r.response().putHeader("Content-Length", "500").write(Buffer.buffer(new byte[100]));
              vertx.setTimer(100, t -> r.connection().close());
            });
    String site = "http://photos.example:" + port;

    assertThat(failure(fetcher(LONG, site), site + "/x")).isInstanceOf(FetchDelayedException.class);
  }

  @Test
  void aCertificateMustBeTheNames(@TempDir Path directory) throws Exception {
    String store = directory.resolve("key.p12").toString();
    String certificate = directory.resolve("certificate.pem").toString();
    String named = "-dname CN=photos.example -ext san=dns:photos.example";
    keytool("-genkeypair -alias a -keyalg EC " + named + " -storetype PKCS12 -keystore " + store);
    keytool("-exportcert -rfc -alias a -file " + certificate + " -keystore " + store);
    int port =
        serve(
            new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PfxOptions().setPath(store).setPassword(PASSWORD)),
            r -> r.response().end("bytes"));
    String right = "https://photos.example:" + port;
    String wrong = "https://other.example:" + port;
    HttpExchange trusting =
        new HttpExchange(
            vertx,
            new Networks(List.of("127.0.0.1")),
            host -> loopback(),
            4,
            Duration.ofSeconds(5),
            new PemTrustOptions().addCertPath(certificate));
    HttpFetcher fetcher = new HttpFetcher(trusting, settings(LONG, right, wrong));

    assertThat(fetcher.fetch(Reference.parse(right + "/x"), "").bytes()).hasSize(5);
    assertThat(failure(fetcher, wrong + "/x")).isInstanceOf(FetchDelayedException.class);
    assertThat(failure(fetcher(LONG, right), right + "/x"))
        .as("a certificate that nobody knows")
        .isInstanceOf(FetchDelayedException.class);
    assertThat(asked).hasSize(1);
  }
}
