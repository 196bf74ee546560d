package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry of a service that is killed: one student serves, and a person's word stays. */
class StudentsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int BATCH = 32;

  @TempDir private Path data;
  private BagpipeProcess service;

  @AfterEach
  void kill() throws InterruptedException {
    if (service != null) {
      service.kill();
    }
  }

  /** Waits until the registry says so; it answers when the student has been read. */
  private JsonObject registry(String serving) {
    JsonObject[] found = new JsonObject[1];
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              String body = service.get("/api/registry");
              assertThat(body).as(service.said()).startsWith("{\"serving\"");
              found[0] = new JsonObject(body);
              assertThat(found[0].getString("serving")).startsWith(serving);
            });
    return found[0];
  }

  private static List<JsonObject> students(JsonObject registry, String stage) {
    JsonArray all = registry.getJsonArray("students");
    return IntStream.range(0, all.size())
        .mapToObj(all::getJsonObject)
        .filter(one -> one.getString("stage").equals(stage))
        .toList();
  }

  @Test
  void oneServesAndWhomAPersonHoldsServesAfterAKill() throws Exception {
    service = new BagpipeProcess(data, BagpipeProcess.shortRun(8, BATCH, "promote.keep=1"));
    service.run();
    TestImages.produce(service.bootstrap(), 0, 8 * BATCH);
    service.awaitTrained(8 * BATCH, PATIENCE);
    JsonObject before = registry(8 * BATCH + "-");
    assertThat(students(before, "serving")).hasSize(1);
    assertThat(students(before, "serving").get(0).getJsonObject("decision").getString("reason"))
        .contains("eval.dir is not set");

    assertThat(service.command("students", "rollback", "--reason", "no good")).isZero();
    service.kill();
    service.run();
    TestImages.produce(service.bootstrap(), 8 * BATCH, 10 * BATCH);
    service.awaitTrained(10 * BATCH, PATIENCE);

    JsonObject after = registry(6 * BATCH + "-");
    JsonObject serving = students(after, "serving").get(0);
    assertThat(students(after, "serving")).hasSize(1);
    assertThat(serving.getJsonObject("decision").getString("reason")).isEqualTo("no good");
    assertThat(serving.getJsonObject("decision").getBoolean("held")).isTrue();
    assertThat(data.resolve("run/checkpoints").resolve(file(serving))).exists();
    assertThat(students(after, "candidate").get(0).getInteger("anchors")).isEqualTo(10 * BATCH);
    assertThat(service.audit()).as("audit: %s", service.said()).isZero();
    assertThat(service.terminate()).as("exit code: %s", service.said()).isZero();
  }

  private static String file(JsonObject student) {
    return student.getJsonObject("artefact").getString("file");
  }
}
