package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images come by HTTP faster than they are augmented: the door shuts, and opens again. */
class IngestBacklogIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BETWEEN = Duration.ofMillis(50);
  private static final int BACKLOG = 5;
  private static final int ACCEPTED = 202;
  private static final int BUSY = 429;

  private final HttpClient client = HttpClient.newHttpClient();
  private int posted;
  private int accepted;

  @Test
  void itAnswersWhenToComeAgainUntilStagesGoOn(@TempDir Path data) throws Exception {
    try (RunningService bagpipe = RunningService.start(data, "http.ingest-backlog=" + BACKLOG)) {
      assertThat(post(bagpipe, "/api/control/pause", new byte[0]).statusCode()).isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .pollInterval(BETWEEN)
          .until(() -> postImage(bagpipe).statusCode() == BUSY);

      assertThat(accepted).isGreaterThan(BACKLOG);
      HttpResponse<String> shut = postImage(bagpipe);
      assertThat(shut.statusCode()).as(shut.body()).isEqualTo(BUSY);
      assertThat(shut.headers().firstValue("Retry-After")).contains("5");
      assertThat(new JsonObject(shut.body()).getJsonObject("error").getString("code"))
          .isEqualTo("backpressure");

      assertThat(post(bagpipe, "/api/control/resume", new byte[0]).statusCode()).isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .pollInterval(BETWEEN)
          .until(() -> postImage(bagpipe).statusCode() == ACCEPTED);
      await().atMost(PATIENCE).until(() -> bagpipe.seen() == accepted);
    }
  }

  private HttpResponse<String> postImage(RunningService bagpipe) throws Exception {
    HttpResponse<String> answer =
        post(bagpipe, "/api/images?key=img-" + posted, TestImages.png(posted));
    posted++;
    accepted += answer.statusCode() == ACCEPTED ? 1 : 0;
    return answer;
  }

  private HttpResponse<String> post(RunningService bagpipe, String path, byte[] body)
      throws Exception {
    URI address = URI.create("http://127.0.0.1:" + bagpipe.service().httpPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(address).POST(BodyPublishers.ofByteArray(body)).build();
    return client.send(request, BodyHandlers.ofString());
  }
}
