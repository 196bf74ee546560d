package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.audit.AuditResult;
import io.bagpipe.verticles.audit.Auditor;
import io.bagpipe.verticles.ops.events.Addresses;
import io.bagpipe.verticles.service.RunPlace;
import io.vertx.core.json.JsonObject;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A student that takes a step every few seconds, as one of a large network does, for many times
 * {@code max.poll.interval.ms}: it stays in its group, and what waits for it stays in {@code
 * images}.
 */
class SlowStudentIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int IMAGES = 1_600;
  private static final int HIGH = 8;

  /** One transaction of the stage before, counted with the markers between its records. */
  private static final int IN_TRANSIT = 2 * HIGH;

  private static final int SLOW_STEPS = 6;
  private static final Duration STEP = Duration.ofMillis(3_500);
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(3);

  private static final String[] BOTH = {
    "gates.high-batches=" + HIGH,
    "gates.low-batches=2",
    "teacher.batch=16",
    "kafka.max.poll.interval.ms=" + POLL_INTERVAL.toMillis()
  };

  @Test
  void itStaysInItsGroupAndNothingPilesUpBeforeIt(@TempDir Path data, @TempDir Path upstreamData)
      throws Exception {
    try (RunningService student = RunningService.start(data, with("roles=[student,ops]"));
        RunningService upstream =
            RunningService.start(
                upstreamData,
                with(
                    "roles=[bags,teacher,augment,ops]",
                    "kafka.bootstrap.servers=" + student.service().kafka().bootstrapServers()))) {
      upstream.produce(TestImages.records(0, 160));
      await().atMost(PATIENCE).until(() -> student.progress().getLong("anchors") == 160);
      control(student, Addresses.PAUSE);
      upstream.produce(TestImages.records(160, IMAGES));
      await().atMost(PATIENCE).until(() -> held(upstream, "bags"));

      Map<String, Double> rebalances = rebalances(student, upstream);
      assertThat(rebalances).hasSize(4);
      long heap = heap();
      long direct = direct();
      long began = System.nanoTime();
      for (int step = 0; step < SLOW_STEPS; step++) {
        long before = student.progress().getLong("anchors");
        control(student, Addresses.RESUME);
        await().atMost(PATIENCE).until(() -> student.progress().getLong("anchors") > before);
        control(student, Addresses.PAUSE);
        nothingPilesUpFor(STEP, student);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThan(POLL_INTERVAL.multipliedBy(5));
      assertThat(rebalances(student, upstream)).as("rebalances").isEqualTo(rebalances);
      assertThat(heap() - heap).as("growth of the heap").isLessThan(32L << 20);
      assertThat(direct() - direct).as("growth of direct buffers").isLessThan(16L << 20);
      assertThat(lags(student).getLong("images")).as("what waits").isGreaterThan(IMAGES / 4);

      control(student, Addresses.RESUME);
      await().atMost(PATIENCE).until(() -> student.progress().getLong("anchors") == IMAGES);
      assertThat(rebalances(student, upstream)).as("rebalances").isEqualTo(rebalances);
    }
    try (RunningService look = RunningService.start(data, with("roles=[student,ops]"))) {
      AuditResult audit =
          new Auditor(look.service().kafka(), "images", "images.dlq")
              .audit(1, RunPlace.ofService(data).checkpoints(), RunningService.BATCH);
      assertThat(audit.clean()).as(audit.sentence()).isTrue();
      assertThat(audit.trained()).isEqualTo(IMAGES);
    }
  }

  private static String[] with(String... more) {
    String[] all = new String[BOTH.length + more.length];
    System.arraycopy(BOTH, 0, all, 0, BOTH.length);
    System.arraycopy(more, 0, all, BOTH.length, more.length);
    return all;
  }

  /** All stages of that process, and in this test the student's runs none but the student. */
  private static void control(RunningService of, String address) throws Exception {
    of.service()
        .vertx()
        .eventBus()
        .request(address, new JsonObject())
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static void nothingPilesUpFor(Duration time, RunningService student) {
    await()
        .during(time)
        .atMost(time.plusSeconds(20))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              JsonObject lags = lags(student);
              for (String topic : new String[] {"views", "embeddings", "bags"}) {
                assertThat(lags.getLong(topic)).as(topic).isLessThanOrEqualTo(HIGH + IN_TRANSIT);
              }
              return true;
            });
  }

  private static JsonObject lags(RunningService of) throws Exception {
    return new JsonObject(get(of, "/api/status")).getJsonObject("lags");
  }

  private static boolean held(RunningService of, String stage) throws Exception {
    return new JsonObject(get(of, "/api/status"))
        .getJsonArray("stages").stream()
            .map(JsonObject.class::cast)
            .anyMatch(
                told ->
                    told.getString("stage").equals(stage)
                        && "closed".equals(told.getString("gate")));
  }

  /** Of every consumer of both, so far. */
  private static Map<String, Double> rebalances(RunningService... all) throws Exception {
    Map<String, Double> counts = new TreeMap<>();
    for (RunningService of : all) {
      get(of, "/metrics")
          .lines()
          .filter(line -> line.startsWith("kafka_consumer_coordinator_rebalance_total{"))
          .forEach(
              line ->
                  counts.put(
                      line.substring(0, line.indexOf('}')),
                      Double.parseDouble(line.substring(line.indexOf('}') + 2))));
    }
    return counts;
  }

  private static long heap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200);
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static String get(RunningService of, String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + of.service().httpPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
        .body();
  }
}
