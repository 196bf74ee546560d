package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real process on the broker of {@code docker/compose.yaml} in a container: run through,
 * restarted under it, and cut off from it. Skipped, with the reason, where there is no Docker or
 * not the image.
 */
class ContainerKafkaIT {
  private static final int BATCH = 32;
  private static final int IMAGES = 40 * BATCH;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration CUT = Duration.ofSeconds(18);

  private ContainerKafka kafka;
  private BagpipeProcess bagpipe;
  private URI http;

  @BeforeEach
  void startBoth(@TempDir Path data) throws Exception {
    ContainerKafka.missing().ifPresent(ContainerKafkaIT::skip);
    kafka = new ContainerKafka();
    kafka.start();
    http = URI.create("http://127.0.0.1:" + FreePort.next());
    bagpipe =
        new BagpipeProcess(
            data,
            BagpipeProcess.shortRun(
                8,
                BATCH,
                "kafka.bootstrap.servers=" + kafka.bootstrap(),
                "http.port=" + http.getPort()));
    bagpipe.run();
  }

  private static void skip(String reason) {
    String message = "SKIPPED: Kafka in a container: " + reason;
    System.out.println(message);
    abort(message);
  }

  @AfterEach
  void stopBoth() throws Exception {
    if (bagpipe != null) {
      bagpipe.kill();
    }
    if (kafka != null) {
      kafka.stop();
    }
  }

  @Test
  void everyImageIsTrained() throws Exception {
    produce(0, IMAGES);
    assertAllIsTrained();
  }

  @Test
  void theBrokerIsRestartedInTheMiddle() throws Exception {
    produce(0, IMAGES / 2);
    awaitTrained(4 * BATCH);

    assertThat(bagpipe.trained()).as("in the middle").isLessThan(IMAGES / 2);
    kafka.restart();
    produce(IMAGES / 2, IMAGES);

    assertAllIsTrained();
  }

  @Test
  void theBrokerIsCutOffForAWhile() throws Exception {
    produce(0, IMAGES);
    awaitTrained(4 * BATCH);

    kafka.pause();
    await()
        .atMost(CUT)
        .untilAsserted(
            () ->
                assertThat(get("/health/ready"))
                    .satisfies(reply -> assertThat(reply.statusCode()).isEqualTo(503))
                    .extracting(HttpResponse::body, STRING)
                    .contains(kafka.bootstrap() + " has not answered"));
    await()
        .during(CUT)
        .atMost(CUT.plusSeconds(10))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> status("/health/live") == 200);
    assertThat(bagpipe.trained()).as("in the middle").isLessThan(IMAGES);
    kafka.unpause();

    assertAllIsTrained();
  }

  private void awaitTrained(long images) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(bagpipe.isAlive()).as(bagpipe.said()).isTrue();
              return bagpipe.trained() >= images;
            });
  }

  /** All of them, each once, in a service that is well and stops as it should. */
  private void assertAllIsTrained() throws Exception {
    awaitTrained(IMAGES);
    assertThat(bagpipe.trained()).isEqualTo(IMAGES);
    assertThat(bagpipe.audit()).as("audit: %s", bagpipe.said()).isZero();
    await().atMost(PATIENCE).until(() -> status("/health/ready") == 200);
    assertThat(bagpipe.terminate()).as("exit code after SIGTERM").isZero();
  }

  private void produce(int from, int to) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", kafka.bootstrap(), "max.block.ms", "120000");
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> record : TestImages.records(from, to)) {
        producer.send(record);
      }
      producer.flush();
    }
  }

  private int status(String path) throws Exception {
    return get(path).statusCode();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(http.resolve(path)).build(), BodyHandlers.ofString());
  }
}
