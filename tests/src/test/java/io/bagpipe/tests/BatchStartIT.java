package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that come so slowly that each has records, and transaction markers, of its own. */
class BatchStartIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What waits for a batch to fill is no input that the student leaves. */
  @Test
  void theStartOfABatchIsNoInputThatWaits(@TempDir Path data) throws Exception {
    try (RunningService bagpipe = RunningService.start(data)) {
      pushOneByOne(bagpipe, 3);
      await().atMost(PATIENCE).until(() -> student(bagpipe).getLong("lag") == 0);
      assertThat(bagpipe.progress().getLong("pending")).isEqualTo(3);
    }
  }

  /** Nor does it hold the gates upstream shut, though a batch has more records than they let by. */
  @Test
  void aBatchOfManySmallRecordsFills(@TempDir Path data) throws Exception {
    try (RunningService bagpipe =
        RunningService.start(data, "gates.high-batches=6", "gates.low-batches=2")) {
      pushOneByOne(bagpipe, 2 * RunningService.BATCH);
      await()
          .atMost(PATIENCE)
          .until(() -> bagpipe.progress().getLong("anchors") == 2 * RunningService.BATCH);
    }
  }

  private static void pushOneByOne(RunningService bagpipe, int images) throws Exception {
    for (int image = 0; image < images; image++) {
      int next = image;
      bagpipe.produce(TestImages.records(next, next + 1)); // a transaction each
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> bagpipe.seen() == next + 1);
    }
  }

  private static JsonObject student(RunningService bagpipe) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + bagpipe.service().httpPort() + "/api/status");
    String body =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
            .body();
    return new JsonObject(body)
        .getJsonArray("stages").stream()
            .map(JsonObject.class::cast)
            .filter(stage -> stage.getString("stage").equals("student"))
            .findFirst()
            .orElseThrow();
  }
}
