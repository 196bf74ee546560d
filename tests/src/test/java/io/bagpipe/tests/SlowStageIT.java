package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.verticles.audit.AuditResult;
import io.bagpipe.verticles.ops.events.Addresses;
import io.vertx.core.json.JsonObject;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One stage works for a moment every few seconds, for many times {@code max.poll.interval.ms}, as
 * the student of a large network does: it stays in its group, what waits for it stays in {@code
 * images}, memory does not grow, and when it is fast again everything is trained once. Each stage
 * in turn, in a service of its own beside that of the others.
 */
class SlowStageIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int IMAGES = 1_200;
  private static final int FIRST = 160;

  /** That come for every moment, so that a fast stage has work in each. */
  private static final int MORE = 48;

  private static final int HIGH = 8;

  /** One transaction of the stage before, counted with the markers between its records. */
  private static final int IN_TRANSIT = 2 * HIGH;

  private static final int MOMENTS = 4;
  private static final int ALL = IMAGES + MOMENTS * MORE;
  private static final Duration PAUSE = Duration.ofMillis(3_500);
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(3);
  private static final List<String> STAGES = List.of("augment", "teacher", "bags", "student");

  private static final String[] BOTH = {
    "gates.high-batches=" + HIGH,
    "gates.low-batches=2",
    "teacher.batch=16",
    "kafka.max.poll.interval.ms=" + POLL_INTERVAL.toMillis()
  };

  @ParameterizedTest
  @ValueSource(strings = {"augment", "teacher", "bags", "student"})
  void itStaysInItsGroupAndNothingPilesUpBeforeIt(
      String stage, @TempDir Path slowData, @TempDir Path othersData) throws Exception {
    List<String> others = STAGES.stream().filter(other -> !other.equals(stage)).toList();
    boolean trains = stage.equals("student");
    try (RunningService slow = RunningService.start(slowData, with("roles=[" + stage + ",ops]"));
        RunningService rest =
            RunningService.start(
                othersData,
                with(
                    "roles=[" + String.join(",", others) + ",ops]",
                    "kafka.bootstrap.servers=" + slow.service().kafka().bootstrapServers()))) {
      RunningService student = trains ? slow : rest;
      rest.produce(TestImages.records(0, FIRST));
      await().atMost(PATIENCE).until(() -> student.progress().getLong("anchors") == FIRST);
      control(slow, Addresses.PAUSE);
      rest.produce(TestImages.records(FIRST, IMAGES));
      if (!stage.equals("augment")) {
        String before = STAGES.get(STAGES.indexOf(stage) - 1);
        await().atMost(PATIENCE).until(() -> held(rest, before));
      }

      Map<String, Double> rebalances = rebalances(slow, rest);
      assertThat(rebalances).hasSize(STAGES.size());
      long heap = heap();
      long direct = direct();
      long began = System.nanoTime();
      for (int moment = 0; moment < MOMENTS; moment++) {
        int from = IMAGES + moment * MORE;
        rest.produce(TestImages.records(from, from + MORE));
        long done = done(slow, stage);
        control(slow, Addresses.RESUME);
        await()
            .pollInterval(Duration.ofMillis(20))
            .atMost(PATIENCE)
            .until(() -> done(slow, stage) > done);
        control(slow, Addresses.PAUSE);
        nothingPilesUpFor(PAUSE, rest);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThan(POLL_INTERVAL.multipliedBy(4));
      assertThat(rebalances(slow, rest)).as("rebalances").isEqualTo(rebalances);
      assertThat(heap() - heap).as("growth of the heap").isLessThan(32L << 20);
      assertThat(direct() - direct).as("growth of direct buffers").isLessThan(16L << 20);
      if (trains) { // the others are fast: they may have got through in those moments
        assertThat(lags(rest).getLong("images")).as("what waits").isGreaterThan(IMAGES / 4);
      }

      control(slow, Addresses.RESUME);
      await().atMost(PATIENCE).until(() -> student.progress().getLong("anchors") == ALL);
      assertThat(rebalances(slow, rest)).as("rebalances").isEqualTo(rebalances);
      AuditResult audit = student.audit(1, RunningService.BATCH);
      assertThat(audit.clean()).as(audit.sentence()).isTrue();
      assertThat(audit.trained()).isEqualTo(ALL);
    }
  }

  /** What a stage has handled so far; the student tells it exactly, the others every so often. */
  private static long done(RunningService of, String stage) throws Exception {
    return stage.equals("student")
        ? of.progress().getLong("anchors")
        : told(of, stage).getLong("in", 0L);
  }

  private static String[] with(String... more) {
    String[] all = new String[BOTH.length + more.length];
    System.arraycopy(BOTH, 0, all, 0, BOTH.length);
    System.arraycopy(more, 0, all, BOTH.length, more.length);
    return all;
  }

  /** All stages of that process, and in this test the slow one's runs no other. */
  private static void control(RunningService of, String address) throws Exception {
    of.service()
        .vertx()
        .eventBus()
        .request(address, new JsonObject())
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static void nothingPilesUpFor(Duration time, RunningService of) {
    await()
        .during(time)
        .atMost(time.plusSeconds(20))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              JsonObject lags = lags(of);
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
    return "closed".equals(told(of, stage).getString("gate"));
  }

  private static JsonObject told(RunningService of, String stage) throws Exception {
    return new JsonObject(get(of, "/api/status"))
        .getJsonArray("stages").stream()
            .map(JsonObject.class::cast)
            .filter(told -> told.getString("stage").equals(stage))
            .findFirst()
            .orElseThrow();
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
