package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API answers. */
class OpsApiTest extends OpsFixture {
  @Test
  void theStatusTellsWhatTheStagesSaid() throws Exception {
    startWithStages();

    JsonObject status = json("/api/status");

    assertThat(status.getJsonObject("step").getLong("anchors")).isPositive();
    assertThat(status.getJsonArray("stages")).hasSize(4);
    assertThat(status.getString("sentence")).startsWith("Learning from the demo's images.");
    assertThat(fetch("/health/ready").statusCode()).isEqualTo(200);
    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutStagesItIsLiveAndNotReady() throws Exception {
    start();

    assertThat(fetch("/health/live").statusCode()).isEqualTo(200);
    assertThat(fetch("/health/ready").statusCode()).isEqualTo(503);
    HttpResponse<String> bags = fetch("/api/bags");
    assertThat(bags.statusCode()).isEqualTo(503);
    assertThat(code(bags)).isEqualTo("not_here");
  }

  @Test
  void theEventStreamSpeaksAtOnceAndGoesOn() throws Exception {
    startWithStages();

    HttpResponse<InputStream> stream =
        client.send(request("/api/events").build(), BodyHandlers.ofInputStream());
    int statuses = 0;
    boolean points = false;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      while (statuses < 2 || !points) {
        String line = lines.readLine();
        assertThat(line).as("the stream ended").isNotNull();
        statuses += line.equals("event: status") ? 1 : 0;
        points |= line.equals("event: points");
      }
    }

    assertThat(stream.headers().firstValue("content-type").orElse("")).contains("event-stream");
  }

  @Test
  void theHistorySurvivesARestart() throws Exception {
    startWithStages();
    JsonObject before = json("/api/history?series=step").getJsonObject("series");
    assertThat(before.getJsonObject("step").getJsonArray("columns").getJsonArray(0))
        .hasSizeGreaterThan(30);
    get(vertx.close());

    vertx = Vertx.vertx();
    start();

    assertThat(json("/api/history?series=step").getJsonObject("series")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/history?points=0",
        "/api/history?points=x",
        "/api/history?series=nobody",
        "/api/history?since=-1",
        "/api/bags?n=0",
        "/api/bags/sample?n=0",
        "/api/bags?n=99999999999999",
        "/api/map?n=%00",
        "/api/students/download",
        "/api/students/current?format=exe"
      })
  void badParametersAreNamed(String path) throws Exception {
    startWithStages();

    HttpResponse<String> response = fetch(path);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(code(response)).isEqualTo("bad_parameter");
  }

  @Test
  void studentsAreListedAndDownloaded() throws Exception {
    Path run = Files.createDirectories(data.resolve("runs/demo run"));
    byte[] bytes = {1, 2, 3, 0, -1};
    Files.write(run.resolve("64.safetensors"), bytes);
    Files.write(run.resolve("65.ckpt.tmp"), bytes);
    start();

    JsonArray files = json("/api/students").getJsonArray("students");
    assertThat(files).hasSize(1);
    assertThat(files.getJsonObject(0).getString("file")).isEqualTo("demo run/64.safetensors");

    HttpResponse<byte[]> download =
        client.send(
            request("/api/students/download?file=demo%20run/64.safetensors").build(),
            BodyHandlers.ofByteArray());
    assertThat(download.body()).isEqualTo(bytes);
    assertThat(download.headers().firstValue("content-disposition").orElse(""))
        .isEqualTo("attachment; filename=\"64.safetensors\"");
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  @Test
  void theRegistryIsReadAndAPersonPromotes() throws Exception {
    startWithStages();

    JsonObject all = json("/api/registry");
    JsonArray students = all.getJsonArray("students");
    assertThat(all.getString("serving")).startsWith("6400-");
    assertThat(students.getJsonObject(0).getString("stage")).isEqualTo("serving");
    String other = students.getJsonObject(1).getString("id");
    JsonObject one = json("/api/registry/12800");
    assertThat(one.getJsonObject("student").getString("id")).isEqualTo(other);
    assertThat(one.containsKey("card")).isFalse();
    assertThat(fetch("/api/registry/12800/card").body()).isEqualTo("# Student " + other);
    assertThat(fetch("/api/registry/7").statusCode()).isEqualTo(404);
    assertThat(fetch("/api/registry/" + other + "/promote").statusCode()).as("GET").isEqualTo(405);

    HttpResponse<String> done =
        post("/api/registry/" + other + "/promote", "{\"reason\": \"why\", \"hold\": true}");
    assertThat(new JsonObject(done.body()))
        .isEqualTo(
            new JsonObject()
                .put("reason", "why")
                .put("hold", true)
                .put("id", other)
                .put("serving", other));
    assertThat(post("/api/registry/7/promote", "").statusCode()).isEqualTo(422);
    assertThat(post("/api/registry/rollback", "").statusCode()).isEqualTo(200);
    for (String bad : List.of("[]", "{", "{\"hold\": \"yes\"}", "{\"reason\": 7}")) {
      assertThat(post("/api/registry/rollback", bad).statusCode()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void picturesBagsAndMapComeFromTheStages() throws Exception {
    startWithStages();

    assertThat(json("/api/bags?n=3").getJsonArray("bags")).hasSize(3);
    assertThat(json("/api/bags/sample?n=2").getJsonArray("bags")).hasSize(2);
    JsonObject bag = json("/api/bags/a%2Fb%20c");
    assertThat(bag.getString("key")).isEqualTo("a/b c");
    assertThat(bag.getString("image")).isEqualTo("/api/images/a%2Fb%20c");
    JsonObject member = bag.getJsonArray("members").getJsonObject(0);
    assertThat(fetch(member.getString("image")).statusCode()).isEqualTo(200);
    assertThat(json("/api/bags?key=sample").getString("key")).as("any key").isEqualTo("sample");
    assertThat(json("/api/map?n=50").getJsonArray("items")).hasSize(50);
    HttpResponse<byte[]> image =
        client.send(request("/api/images/img-1").build(), BodyHandlers.ofByteArray());
    assertThat(image.body()).isEqualTo(FakeStages.png("img-1"));
    assertThat(image.headers().firstValue("content-type").orElse("")).isEqualTo("image/png");
    assertThat(fetch("/api/images/no-such").statusCode()).isEqualTo(404);
  }

  @Test
  void pausesAndResumes() throws Exception {
    startWithStages();

    post("/api/control/pause", new byte[0], "application/json");
    await()
        .atMost(LONG)
        .until(() -> json("/api/status").getString("sentence").startsWith("Paused"));
    assertThat(fetch("/health/ready").statusCode()).isEqualTo(200);
    post("/api/control/resume", new byte[0], "application/json");
    await()
        .atMost(LONG)
        .until(() -> !json("/api/status").getString("sentence").startsWith("Paused"));
  }

  @Test
  void aTakenPortIsSaidInOneLine() throws Exception {
    start();

    assertThatThrownBy(
            () -> get(vertx.deployVerticle(verticle(Listen.local(ops.port()), Limits.DEFAULT))))
        .cause()
        .hasMessageContaining("http.port: cannot listen on 127.0.0.1:" + ops.port())
        .hasMessageNotContaining("\n");
  }

  @Test
  void metricsAreThoseOfTheStages() throws Exception {
    startWithStages();

    String metrics = fetch("/metrics").body();

    assertThat(metrics)
        .contains("bagpipe_stage_images_in_total{stage=\"student\"}")
        .contains("bagpipe_stage_lag_records{stage=\"bags\"}")
        .contains("bagpipe_student_loss ")
        .contains("jvm_buffer_memory_used_bytes{");
  }
}
