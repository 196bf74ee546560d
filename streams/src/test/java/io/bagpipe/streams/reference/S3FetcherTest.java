package io.bagpipe.streams.reference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Against a server that computes the signature once more, from its definition. */
class S3FetcherTest extends WebFixture {
  private static final HexFormat HEX = HexFormat.of();
  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final List<String> wrong = new CopyOnWriteArrayList<>();

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  /** AWS's documentation, "Create a signed AWS API request", for a GET without a body. */
  private static String signature(HttpServerRequest request) throws Exception {
    String authorization = request.getHeader("Authorization");
    String names = authorization.replaceAll(".*SignedHeaders=([^,]+).*", "$1");
    String headers =
        List.of(names.split(";", -1)).stream()
            .map(
                name ->
                    name
                        + ":"
                        + (name.equals("host")
                            ? request.authority().toString()
                            : request.getHeader(name).strip().replaceAll(" +", " "))
                        + "\n")
            .collect(Collectors.joining());
    String query = request.query() == null ? "" : request.query();
    String canonical = String.join("\n", "GET", request.path(), query, headers, names, EMPTY);
    String time = request.getHeader("X-Amz-Date");
    String day = time.substring(0, 8);
    String scope = day + "/eu-west-3/s3/aws4_request";
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(UTF_8));
    String text = String.join("\n", "AWS4-HMAC-SHA256", time, scope, HEX.formatHex(hash));
    byte[] key = hmac("AWS4secret+/key".getBytes(UTF_8), day);
    for (String part : List.of("eu-west-3", "s3", "aws4_request")) {
      key = hmac(key, part);
    }
    return HEX.formatHex(hmac(key, text));
  }

  private void answer(HttpServerRequest request) {
    try {
      String authorization = request.getHeader("Authorization");
      String expected = signature(request);
      if (!authorization.contains("Credential=AKIDEXAMPLE/")
          || !authorization.endsWith("Signature=" + expected)) {
        wrong.add(authorization);
        request.response().setStatusCode(403).end();
      } else if (request.path().toLowerCase(Locale.ROOT).contains("none")) {
        request.response().setStatusCode(404).end();
      } else {
        request
            .response()
            .putHeader("ETag", "\"tag\"")
            .putHeader("x-amz-version-id", request.query() == null ? "null" : "v7")
            .end("bytes");
      }
    } catch (Exception e) {
      wrong.add(e.toString());
      request.response().setStatusCode(403).end();
    }
  }

  private S3Fetcher fetcher() throws Exception {
    int port = serve(this::answer);
    ReferenceSettings plain = settings(Duration.ofSeconds(60), "s3://photos/in");
    ReferenceSettings settings =
        new ReferenceSettings(
            plain.allow(),
            plain.networks(),
            plain.maxBytes(),
            plain.parallel(),
            plain.timeout(),
            plain.redirects(),
            plain.patience(),
            s3(URI.create("http://keeper.example:" + port)));
    return new S3Fetcher(exchange(host -> loopback(), "127.0.0.1"), settings);
  }

  @Test
  void requestsAreSignedWhateverTheKeyLooksLike() throws Exception {
    S3Fetcher fetcher = fetcher();

    for (String key :
        List.of("a.jpg", "a%20b+c&d=e.jpg", "%C3%BC/%E2%82%AC//x~_-.jpg", "a'(b)*!")) {
      Fetched image = fetcher.fetch(Reference.parse("s3://photos/in/" + key), "etag:\"tag\"");
      assertThat(image.bytes()).as("%s, %s", key, wrong).hasSize(5);
    }
    assertThat(wrong).isEmpty();
    assertThat(asked.get(1)).endsWith(" /photos/in/a%20b%2Bc%26d%3De.jpg");
  }

  @Test
  void aVersionIsAskedForByName() throws Exception {
    S3Fetcher fetcher = fetcher();

    Fetched named = fetcher.fetch(Reference.parse("s3://photos/in/a?versionId=v7"), "");
    Fetched pinned = fetcher.fetch(Reference.parse("s3://photos/in/a"), "version:v7");

    assertThat(named.version()).isEqualTo("version:v7");
    assertThat(pinned.version()).isEqualTo("version:v7");
    assertThat(asked).allMatch(request -> request.endsWith(" /photos/in/a?versionId=v7"));
  }

  @Test
  void whatIsNotThereOrNotAllowedIsSaid() throws Exception {
    S3Fetcher fetcher = fetcher();

    for (String uri : List.of("s3://photos/in/none", "s3://photos/out/a", "s3://other/in/a")) {
      FetchRefusedException refused =
          catchThrowableOfType(
              FetchRefusedException.class, () -> fetcher.fetch(Reference.parse(uri), ""));
      assertThat(refused.refusal())
          .isEqualTo(uri.endsWith("none") ? Refusal.NOT_FOUND : Refusal.NOT_ALLOWED);
      assertThat(refused).hasMessageStartingWith(uri + ":");
    }
    assertThat(asked).hasSize(1);
  }
}
