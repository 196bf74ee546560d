package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Images by HTTP. */
class IngestTest extends OpsFixture {
  @Test
  void anImageIsPushed() throws Exception {
    start();
    byte[] png = FakeStages.png("x");

    HttpResponse<String> response = post("/api/images?key=x%2F1&label=disc", png, "image/png");

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(new JsonObject(response.body()).getJsonArray("accepted"))
        .isEqualTo(
            new JsonArray()
                .add(new JsonObject().put("key", "x/1").put("partition", 0).put("offset", 7)));
    assertThat(pushed).containsExactly("x/1 {label=disc} " + png.length);
  }

  private static byte[] multipart(byte[]... files) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < files.length; i++) {
      text.append("--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f")
          .append(i)
          .append(".png\"\r\nContent-Type: image/png\r\n\r\n")
          .append(new String(files[i], StandardCharsets.ISO_8859_1))
          .append("\r\n");
    }
    return text.append("--BOUND--\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void severalImagesArePushedAsAForm() throws Exception {
    start();

    HttpResponse<String> response =
        post(
            "/api/images",
            multipart(FakeStages.png("a"), FakeStages.png("b")),
            "multipart/form-data; boundary=BOUND");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    assertThat(pushed)
        .containsExactly(
            "f0.png {} " + FakeStages.png("a").length, "f1.png {} " + FakeStages.png("b").length);
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(data.resolve("uploads")).isEmptyDirectory());
  }

  @Test
  void namesThatTheDoorDoesNotTakeAreRefusedBeforeAnythingIsSent() throws Exception {
    refusal = "the id has 22 bytes, more than limits.id-bytes (20)";
    start();

    HttpResponse<String> response = post("/api/images?key=abc", FakeStages.png("a"), "image/png");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("abc: the id has 22 bytes");
    assertThat(pushed).isEmpty();
  }

  @Test
  void whatIsNoImageIsRefused() throws Exception {
    start();

    assertThat(post("/api/images", new byte[] {1, 2, 3}, "image/png").statusCode()).isEqualTo(415);
    assertThat(post("/api/images", new byte[0], "image/png").statusCode()).isEqualTo(400);
    assertThat(post("/api/images", multipart(), "multipart/form-data; boundary=BOUND").statusCode())
        .isEqualTo(400);
    assertThat(post("/api/images", new byte[9], "multipart/form-data").statusCode()).isEqualTo(400);
    assertThat(pushed).isEmpty();
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItIsRead() throws Exception {
    start(new Limits(1000, 2000, LONG, LONG, 100, 10));
    byte[] png = Arrays.copyOf(FakeStages.png("x"), 1500);

    assertThat(post("/api/images", png, "image/png").statusCode()).isEqualTo(413);
    String reply =
        raw("POST /api/images HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999999999\r\n\r\n");
    assertThat(reply).startsWith("HTTP/1.1 413").contains("\"code\":\"too_large\"");
    assertThat(pushed).isEmpty();
  }

  @Test
  void backpressureAnswersWhenToComeAgain() throws Exception {
    start();
    answer = new ImageIngest.Busy(Duration.ofSeconds(3));

    HttpResponse<String> response = post("/api/images", FakeStages.png("x"), "image/png");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("retry-after")).contains("3");
    assertThat(code(response)).isEqualTo("backpressure");
  }
}
