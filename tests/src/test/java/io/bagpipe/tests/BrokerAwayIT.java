package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that hangs for a while in the middle of a run: it is said, waited for, made up for. */
class BrokerAwayIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Longer than any single request of a client may take. */
  private static final Duration AWAY = Duration.ofSeconds(65);

  private static final int IMAGES = 1_600;

  private final HttpClient client = HttpClient.newHttpClient();
  private String address;

  @Test
  void itIsNotReadySaysWhyAndGoesOnByItself(@TempDir Path data) throws Exception {
    BagpipeProcess broker = new BagpipeProcess(data.resolve("broker"), List.of("roles=[ops]"));
    int port = FreePort.next();
    address = "http://127.0.0.1:" + port;
    BagpipeProcess bagpipe =
        new BagpipeProcess(
            data.resolve("bagpipe"),
            List.of(
                "http.port=" + port,
                "kafka.bootstrap.servers=" + broker.bootstrap(),
                "student.width=4",
                "student.head-hidden=32",
                "train.batch=32",
                "train.queue=128",
                "bags.window=256",
                "checkpoint.every=1h",
                "checkpoint.every-images=32"));
    try {
      broker.run();
      await().atMost(PATIENCE).until(() -> broker.said().contains("kafka: "));
      bagpipe.run();
      await().atMost(PATIENCE).ignoreExceptions().until(() -> get("/health/ready") == 200);
      produce(broker.bootstrap(), 0, IMAGES);
      await().atMost(PATIENCE).until(() -> bagpipe.trained() >= 320);

      int linesBefore = lines(data);
      freeze(data.resolve("broker"), "-STOP");
      whileAway(broker.bootstrap());
      freeze(data.resolve("broker"), "-CONT");
      assertThat(lines(data) - linesBefore).as("lines logged").isLessThan(30);

      await().atMost(PATIENCE).until(() -> get("/health/ready") == 200);
      await().atMost(PATIENCE).until(() -> bagpipe.trained() == IMAGES);
      assertThat(status().getString("sentence")).doesNotContain("has not answered");
      assertThat(bagpipe.audit()).as("audit: %s", bagpipe.said()).isZero();
      assertThat(bagpipe.terminate()).as("exit code after SIGTERM").isZero();
    } finally {
      bagpipe.kill();
      broker.kill();
    }
  }

  private void whileAway(String bootstrap) throws Exception {
    long began = System.nanoTime();
    String reason = "Kafka at " + bootstrap + " has not answered since 20";
    await().atMost(PATIENCE).until(() -> get("/health/ready") == 503);
    assertThat(fetch("/health/ready").body()).contains(reason);
    assertThat(status().getString("sentence")).startsWith(reason);
    assertThat(fetch("/metrics").body()).contains("bagpipe_kafka_answers 0.0");
    // what has been fetched is still trained; then nobody may be busy with waiting
    AtomicReference<Double> cpu = new AtomicReference<>(0.0);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(4))
        .until(() -> cpuSeconds() - cpu.getAndSet(cpuSeconds()) < 1);
    await()
        .atMost(AWAY.plus(PATIENCE))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> System.nanoTime() - began > AWAY.toNanos());
    assertThat(get("/health/ready")).isEqualTo(503);
    assertThat(get("/health/live")).isEqualTo(200);
  }

  private double cpuSeconds() throws Exception {
    return fetch("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("process_cpu_seconds_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static int lines(Path data) throws Exception {
    return Files.readAllLines(data.resolve("bagpipe").resolve("process.log")).size();
  }

  /** SIGSTOP: connections stay open and nothing answers any more; until SIGCONT. */
  private static void freeze(Path broker, String signal) throws Exception {
    ProcessHandle found =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains("data.dir=" + broker))
            .findFirst()
            .orElseThrow();
    Process kill = new ProcessBuilder("kill", signal, Long.toString(found.pid())).start();
    assertThat(kill.waitFor()).as("kill " + signal).isZero();
  }

  private JsonObject status() throws Exception {
    return new JsonObject(fetch("/api/status").body());
  }

  private int get(String path) throws Exception {
    return fetch(path).statusCode();
  }

  private HttpResponse<String> fetch(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(10)).build();
    return client.send(request, BodyHandlers.ofString());
  }

  private static void produce(String bootstrap, int from, int to) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", bootstrap, "max.block.ms", "60000");
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> record : TestImages.records(from, to)) {
        producer.send(record);
      }
      producer.flush();
    }
  }
}
