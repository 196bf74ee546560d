package io.bagpipe.tests;

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

/**
 * Images that do not fill a batch wait for more to come. Their records are not committed, nor are
 * the transaction markers between and after them; none of it is input that the student leaves.
 */
class BatchStartIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  void theStartOfABatchIsNoInputThatWaits(@TempDir Path data) throws Exception {
    try (RunningService bagpipe = RunningService.start(data)) {
      for (int images = 0; images < 3; images++) {
        int next = images;
        bagpipe.produce(TestImages.records(next, next + 1)); // a transaction each
        await().atMost(PATIENCE).until(() -> bagpipe.seen() == next + 1);
      }
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                JsonObject student = student(bagpipe);
                return student.getLong("lag") >= 4
                    && student.getLong("kept").equals(student.getLong("lag"));
              });
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
