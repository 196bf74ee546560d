package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.ops.OpsConfig.Limits;
import io.bagpipe.verticles.ops.OpsConfig.Listen;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every operation that is described, asked for in every wrong way; nothing may grow by it. */
class FuzzTest extends OpsFixture {
  private static final long SEED = 20261128;
  private static final int ROUNDS = 8;
  private static final int PLACES = 8;
  private static final long MOST_HEAP_GROWTH = 8L << 20;
  private static final String TOKEN = "a-token-of-some-length";
  private static final Limits SMALL =
      new Limits(1000, 2000, Duration.ofSeconds(2), Duration.ofMillis(200), PLACES, PLACES);

  private void fuzz(Listen listen, boolean stages) throws Exception {
    start(listen, SMALL);
    if (stages) {
      get(vertx.deployVerticle(new FakeStages(0, 60)));
    }
    OpenApiFuzzer fuzzer =
        new OpenApiFuzzer(ops.port(), listen.token(), SEED, FakeStages.png("img-1"));

    fuzzer.ask(ROUNDS);
    pushed.clear();
    long before = heap();
    fuzzer.ask(ROUNDS);
    pushed.clear();
    long after = heap();

    assertThat(fuzzer.faults())
        .as("seed %d, %d requests, answers %s", SEED, fuzzer.asked(), fuzzer.seen())
        .isEmpty();
    assertThat(fuzzer.seen()).hasSizeGreaterThan(45);
    assertThat(after - before).as("bytes of heap").isLessThan(MOST_HEAP_GROWTH);
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(data.resolve("uploads")).isEmptyDirectory());
    everyPlaceIsFree(listen);
    theWholeBudgetIsFree(listen);
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private java.net.http.HttpRequest.Builder asked(Listen listen, String path) {
    return listen.token() == null
        ? request(path)
        : request(path).header("Authorization", "Bearer " + listen.token());
  }

  /** As many requests can be at work as at the beginning, and not one more. */
  private void everyPlaceIsFree(Listen listen) throws Exception {
    List<HttpResponse<InputStream>> streams = new ArrayList<>();
    for (int i = 0; i < PLACES * 3 / 4; i++) {
      streams.add(client.send(asked(listen, "/api/events").build(), BodyHandlers.ofInputStream()));
    }
    assertThat(streams).extracting(HttpResponse::statusCode).containsOnly(200);
    assertThat(send(asked(listen, "/api/status")).statusCode()).isEqualTo(429);
    for (HttpResponse<InputStream> stream : streams) {
      stream.body().close();
    }
    await().atMost(LONG).until(() -> send(asked(listen, "/api/status")).statusCode() == 200);
  }

  /** Four of the largest bodies may be on their way, and no fifth. */
  private void theWholeBudgetIsFree(Listen listen) throws Exception {
    String head =
        "POST /api/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n"
            + (listen.token() == null ? "" : "Authorization: Bearer " + listen.token() + "\r\n")
            + "Expect: 100-continue\r\n\r\n";
    List<String> said = new ArrayList<>();
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      slow.add(socket());
      write(slow.get(i), head);
      byte[] line = slow.get(i).getInputStream().readNBytes(12);
      said.add(new String(line, StandardCharsets.US_ASCII).substring(9));
    }
    for (Socket socket : slow) {
      socket.close();
    }
    assertThat(said).containsExactly("100", "100", "100", "100", "429");
  }

  @Test
  void withoutAToken() throws Exception {
    fuzz(Listen.local(0), true);
  }

  @Test
  void withAToken() throws Exception {
    fuzz(new Listen("0.0.0.0", 0, TOKEN, null), true);
  }

  @Test
  void whereNoStageAnswers() throws Exception {
    fuzz(Listen.local(0), false);
  }
}
