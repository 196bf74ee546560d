package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.bagpipe.verticles.ops.OpsConfig.Tls;
import io.bagpipe.verticles.ops.http.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest extends OpsFixture {
  private static final String TOKEN = "a-token-of-some-length";

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void servesByTlsAndNothingInClear(String algorithm) throws Exception {
    SelfMade own = new SelfMade(data.resolve("tls"), algorithm);
    TlsFiles.check(own.pem());
    start(new Listen("0.0.0.0", 0, TOKEN, own.pem()), Limits.DEFAULT);
    HttpClient trusting = HttpClient.newBuilder().sslContext(own.trust()).build();

    HttpResponse<String> status =
        trusting.send(
            secure("/api/status").header("Authorization", "Bearer " + TOKEN).build(),
            BodyHandlers.ofString());
    HttpResponse<String> in =
        trusting.send(
            secure("/login")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + TOKEN))
                .build(),
            BodyHandlers.ofString());

    assertThat(status.statusCode()).isEqualTo(200);
    assertThat(status.headers().firstValue("strict-transport-security")).isPresent();
    assertThat(in.headers().firstValue("set-cookie").orElse("")).contains("Secure");
    assertThatThrownBy(() -> client.send(secure("/health/live").build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class); // nobody else trusts it
    assertThat(raw("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .doesNotContain("HTTP/1.1 200");
  }

  private HttpRequest.Builder secure(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + ops.port() + path));
  }

  @Test
  void filesThatCannotServeAreSaidInOneLine() throws Exception {
    Tls good = new SelfMade(data.resolve("a"), "EC").pem();
    Tls other = new SelfMade(data.resolve("b"), "EC").pem();
    Tls third = new SelfMade(data.resolve("c"), "RSA").pem();

    assertSaid(new Tls(good.certificate(), other.key()), "http.tls.key:", "is not the key of");
    assertSaid(new Tls(good.certificate(), third.key()), "http.tls.key:", "is not the key of");
    assertSaid(new Tls(good.key(), good.key()), "http.tls.cert:", "holds no PEM certificate");
    assertSaid(
        new Tls(good.certificate(), good.certificate()), "http.tls.key:", "no PEM private key");
    assertSaid(
        new Tls(data.resolve("none.pem"), good.key()), "http.tls.cert:", "NoSuchFileException");
    Files.writeString(other.key(), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    assertSaid(new Tls(good.certificate(), other.key()), "http.tls.key:", "is encrypted");
  }

  private static void assertSaid(Tls tls, String key, String why) {
    assertThatThrownBy(() -> TlsFiles.check(tls))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(key)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
