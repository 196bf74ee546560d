package io.bagpipe.verticles.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bagpipe.streams.reference.FetchCounts;
import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.ReferencesEvent;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class OpsMetricsTest {
  private static final Instant AT = Instant.ofEpochSecond(1_000);

  private static String scrape() throws Exception {
    PrometheusMeterRegistry registry = OpsMetrics.newRegistry();
    OpsMetrics.offHeap(registry, () -> 4096, () -> 8192);
    Map<String, Object> nowhere = Map.of("bootstrap.servers", "127.0.0.1:1");
    try (AutoCloseable own =
            OpsMetrics.bind(registry, new StatusBoard(Clock.systemUTC(), Patience.DEFAULT));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(nowhere, new ByteArraySerializer(), new ByteArraySerializer());
        KafkaClientMetrics kafka = new KafkaClientMetrics(producer)) {
      kafka.bindTo(registry);
      assertThat(own).isNotNull();
      return registry.scrape();
    }
  }

  @Test
  void jvmOffHeapAndKafkaClientsAreThere() throws Exception {
    assertThat(scrape())
        .contains("bagpipe_offheap_memory_bytes 4096")
        .contains("process_resident_memory_bytes 8192")
        .contains("jvm_memory_used_bytes{")
        .contains("jvm_buffer_memory_used_bytes{")
        .contains("process_cpu_seconds_total ")
        .contains("kafka_producer_");
  }

  @Test
  void fetchesAreCounted() throws Exception {
    StatusBoard board = new StatusBoard(Clock.systemUTC(), Patience.DEFAULT);
    PrometheusMeterRegistry registry = OpsMetrics.newRegistry();
    try (AutoCloseable own = OpsMetrics.bind(registry, board)) {
      assertThat(own).isNotNull();
      assertThat(registry.scrape()).contains("bagpipe_references_images_total 0");
      board.accept(new ReferencesEvent(new FetchCounts.Now(10, 2000, 3, 4, 1.5), AT));
      assertThat(registry.scrape())
          .contains("bagpipe_references_images_total 10")
          .contains("bagpipe_references_images_bytes_total 2000")
          .contains("bagpipe_references_seconds_total 1.5")
          .contains("bagpipe_references_failures_total{for=\"good\"} 3")
          .contains("bagpipe_references_failures_total{for=\"now\"} 4");
    }
  }

  @Test
  void theIndexTellsItsSizeAgeTurnoverAndBags() throws Exception {
    StatusBoard board = new StatusBoard(Clock.systemUTC(), Patience.DEFAULT);
    PrometheusMeterRegistry registry = OpsMetrics.newRegistry();
    try (AutoCloseable own = OpsMetrics.bind(registry, board)) {
      assertThat(own).isNotNull();
      assertThat(registry.scrape()).contains("bagpipe_bags_purity_ratio NaN");
      board.accept(
          new IndexEvent(
              70,
              60,
              5000,
              12.5,
              0.75,
              0.5,
              new IndexEvent.Turnover(100, 8, 2, 30, 90, 6, 7),
              new IndexEvent.Memory(40, 4000, 25),
              AT));
      assertThat(registry.scrape())
          .contains("bagpipe_index_entries 60")
          .contains("bagpipe_index_memory_bytes 5000")
          .contains("bagpipe_index_age_span_seconds 12.5")
          .contains("bagpipe_index_pushes_total 100")
          .contains("bagpipe_index_replaced_total 8")
          .contains("bagpipe_index_removed_total 2")
          .contains("bagpipe_index_evicted_total 30")
          .contains("bagpipe_bags_drawn_total 90")
          .contains("bagpipe_bags_alone_total 6")
          .contains("bagpipe_memory_entries 40")
          .contains("bagpipe_memory_payload_bytes 4000")
          .contains("bagpipe_bags_rehearsed_total 25")
          .contains("bagpipe_bags_purity_ratio 0.75")
          .contains("bagpipe_bags_mean_similarity 0.5");
    }
  }

  @Test
  void theStudentsMeasuresAndAlarmsAreTheNewestOnes() throws Exception {
    StatusBoard board = new StatusBoard(Clock.systemUTC(), Patience.DEFAULT);
    PrometheusMeterRegistry registry = OpsMetrics.newRegistry();
    try (AutoCloseable own = OpsMetrics.bind(registry, board)) {
      assertThat(own).isNotNull();
      Map<String, Double> measures = Map.of("head_rank", 12.5, "floor_query", 0.25);
      board.accept(new MeasureEvent(64, measures, Map.of("collapse", "It has collapsed."), AT));
      assertThat(registry.scrape())
          .contains("bagpipe_student_measure{measure=\"head_rank\"} 12.5")
          .contains("bagpipe_student_measure{measure=\"floor_query\"} 0.25")
          .contains("bagpipe_student_alarm{alarm=\"collapse\"} 1")
          .contains("bagpipe_student_alarm{alarm=\"floor\"} 0");
      board.accept(new MeasureEvent(128, Map.of("head_rank", 20.0), Map.of(), AT));
      assertThat(registry.scrape())
          .contains("bagpipe_student_measure{measure=\"head_rank\"} 20")
          .doesNotContain("floor_query")
          .contains("bagpipe_student_alarm{alarm=\"collapse\"} 0");
    }
  }

  @Test
  void promtoolHasNothingToSay() throws Exception {
    boolean installed =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    assumeTrue(installed, "promtool is not installed (apt install prometheus): not tried");
    Process check =
        new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
    try (var in = check.getOutputStream()) {
      in.write(scrape().getBytes(StandardCharsets.UTF_8));
    }

    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).isEmpty();
    assertThat(check.waitFor()).isZero();
  }
}
