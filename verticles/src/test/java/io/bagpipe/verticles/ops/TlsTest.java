package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.bagpipe.verticles.ops.OpsConfig.Tls;
import io.bagpipe.verticles.ops.http.TlsFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    assertThat(in.headers().firstValue("set-cookie").orElse(""))
        .startsWith("__Host-bagpipe_session=")
        .contains("Secure", "HTTPOnly", "SameSite=Strict", "Path=/")
        .doesNotContainIgnoringCase("Domain");
    assertThatThrownBy(() -> client.send(secure("/health/live").build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class); // nobody else trusts it
    assertThat(raw("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .doesNotContain("HTTP/1.1 200");
  }

  private HttpRequest.Builder secure(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + ops.port() + path));
  }

  /**
   * By hello messages written here: the JDK's own client has forgotten how to offer less than 1.2.
   *
   * @param version of the protocol, its second byte: 1 is TLS 1.0, 2 TLS 1.1, 3 TLS 1.2
   */
  @ParameterizedTest
  @CsvSource({"0, false", "1, false", "2, false", "3, true"})
  void nothingOlderThanTls12IsSpoken(int version, boolean spoken) throws Exception {
    SelfMade own = new SelfMade(data.resolve("tls"), "RSA");
    start(new Listen("0.0.0.0", 0, TOKEN, own.pem()), Limits.DEFAULT);

    try (Socket socket = socket()) {
      socket.getOutputStream().write(hello(version));
      byte[] record = socket.getInputStream().readNBytes(7);

      if (spoken) {
        assertThat(record[0]).as("a handshake's record").isEqualTo((byte) 22);
        assertThat(record[5]).as("a server hello").isEqualTo((byte) 2);
      } else {
        assertThat(record).as("a fatal alert").hasSize(7).startsWith((byte) 21);
        assertThat(record[5]).isEqualTo((byte) 2);
        assertThat(record[6]).as("protocol_version").isEqualTo((byte) 70);
      }
    }
  }

  /** Suites and curves that every server of the time had, so that nothing but the version fails. */
  private static byte[] hello(int version) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {3, (byte) version});
    body.writeBytes(new byte[32]); // the client's random
    body.write(0); // no session
    body.writeBytes(bytes(0, 8, 0xc0, 0x13, 0xc0, 0x14, 0xc0, 0x2f, 0, 0x2f));
    body.writeBytes(bytes(1, 0)); // no compression
    body.writeBytes(bytes(0, 28)); // extensions
    body.writeBytes(bytes(0, 10, 0, 6, 0, 4, 0, 23, 0, 24)); // curves
    body.writeBytes(bytes(0, 11, 0, 2, 1, 0)); // their points
    body.writeBytes(bytes(0, 13, 0, 8, 0, 6, 4, 1, 8, 4, 2, 1)); // signatures
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    int size = body.size();
    record.writeBytes(bytes(22, 3, 1, 0, size + 4, 1, 0, 0, size));
    record.writeBytes(body.toByteArray());
    return record.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
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
