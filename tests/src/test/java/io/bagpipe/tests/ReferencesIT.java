package io.bagpipe.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images that are named instead of carried, at a server that fails now and then: the same student,
 * bit for bit, as of the same images carried, over kills, and an audit that is clean.
 */
class ReferencesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int IMAGES = 640;
  private static final int BATCH = 32;

  /** One that nobody has: a dead letter at the same place. */
  private static final int MISSING = 100;

  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean away = new AtomicBoolean();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/images/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** Every fifth image fails the first time; image 100 is not there. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      int number = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
      if (number == MISSING) {
        exchange.sendResponseHeaders(404, -1);
      } else if (away.get() || (number % 5 == 0 && failedOnce.add(path))) {
        exchange.sendResponseHeaders(503, -1);
      } else {
        byte[] image = TestImages.png(number);
        exchange.getResponseHeaders().add("ETag", "\"" + number + "\"");
        exchange.sendResponseHeaders(200, image.length);
        exchange.getResponseBody().write(image);
      }
    }
  }

  private String site() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/images/";
  }

  private String[] allowed() {
    return new String[] {"references.allow=" + site(), "references.networks=127.0.0.1"};
  }

  private List<ProducerRecord<byte[], byte[]>> references(int from, int to) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = from; i < to; i++) {
      var record = TestImages.record("img-" + i, i % 2 == 0 ? null : new byte[0]).withLabel(i % 4);
      var built = record.build();
      built.headers().add(i % 3 == 0 ? "ce_dataref" : "bagpipe-uri", (site() + i).getBytes(UTF_8));
      records.add(built);
    }
    return records;
  }

  @Test
  void killedAnywhereItLearnsTheSameAsOfImagesThatCame(@TempDir Path data) throws Exception {
    long seed = Long.getLong("bagpipe.seed", System.nanoTime());
    Random random = new Random(seed);
    List<ProducerRecord<byte[], byte[]>> carried = TestImages.records(0, IMAGES + 1);
    carried.set(MISSING, TestImages.record("img-" + MISSING, "no image".getBytes(UTF_8)).build());
    BagpipeProcess whole =
        new BagpipeProcess(data.resolve("whole"), BagpipeProcess.shortRun(8, BATCH));
    BagpipeProcess killed =
        new BagpipeProcess(data.resolve("killed"), BagpipeProcess.shortRun(8, BATCH, allowed()));
    try {
      whole.run();
      TestImages.produce(whole.bootstrap(), carried);
      finish(whole);

      killed.run();
      TestImages.produce(killed.bootstrap(), references(0, IMAGES + 1));
      for (int i = 0; i < 2; i++) {
        assertThat(killed.waitFor(2_000 + random.nextInt(8_000)))
            .as("seed %d: %s", seed, killed.said())
            .isFalse();
        killed.kill();
        killed.run();
      }
      finish(killed);
      assertThat(failedOnce).as("the server did fail").isNotEmpty();
      assertThat(killed.weights()).as("seed %d: the weights", seed).isEqualTo(whole.weights());
    } finally {
      whole.kill();
      killed.kill();
    }
  }

  private static void finish(BagpipeProcess bagpipe) throws Exception {
    bagpipe.awaitTrained(IMAGES, PATIENCE);
    assertThat(bagpipe.audit()).as("audit: %s", bagpipe.said()).isZero();
    assertThat(bagpipe.terminate()).as("exit code after SIGTERM").isZero();
  }

  @Test
  void aServerThatIsAwayIsWaitedForAndSaidSo(@TempDir Path data) throws Exception {
    away.set(true);
    try (RunningService bagpipe = RunningService.start(data, allowed())) {
      bagpipe.produce(references(0, 48));
      await().atMost(PATIENCE).until(() -> augment(bagpipe).contains("status 503"));
      assertThat(augment(bagpipe)).contains("waiting").contains(site());
      assertThat(bagpipe.seen()).isZero();
      assertThat(bagpipe.read("images.dlq")).isEmpty();

      away.set(false);

      await().atMost(PATIENCE).until(() -> bagpipe.progress().getLong("anchors") == 48);
      await().atMost(PATIENCE).until(() -> !augment(bagpipe).contains("status 503"));
    }
  }

  /** State and message of the stage. */
  private static String augment(RunningService bagpipe) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + bagpipe.service().httpPort() + "/api/status");
    String body =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
            .body();
    return new JsonObject(body)
        .getJsonArray("stages").stream()
            .map(JsonObject.class::cast)
            .filter(stage -> "augment".equals(stage.getString("stage")))
            .map(stage -> stage.getString("state") + " " + stage.getString("message"))
            .findFirst()
            .orElse("");
  }

  @Test
  void withoutAnAllowListNothingIsAskedOfAnybody(@TempDir Path data) throws Exception {
    try (RunningService bagpipe = RunningService.start(data)) {
      bagpipe.produce(references(1, 4));
      await().atMost(PATIENCE).until(() -> bagpipe.read("images.dlq").size() == 3);

      var dead = bagpipe.read("images.dlq").get(0);
      assertThat(dead.value()).isEmpty();
      assertThat(dead.headers().lastHeader("bagpipe-error-class").value())
          .asString(UTF_8)
          .isEqualTo("NOT_ALLOWED");
      assertThat(dead.headers().lastHeader("bagpipe-message").value())
          .asString(UTF_8)
          .contains("references.allow is empty");
      assertThat(dead.headers().lastHeader("bagpipe-uri").value())
          .asString(UTF_8)
          .isEqualTo(site() + 1);
    }
    assertThat(failedOnce).isEmpty();
  }
}
