package io.bagpipe.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch's trace goes through every topic, and its spans to a collector. */
class TracingIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @Test
  void everyTopicCarriesTheTraceAndTheCollectorGetsTheSpans(@TempDir Path data) throws Exception {
    ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          bodies.add(new String(body, StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
    try (RunningService bagpipe = RunningService.start(data, "tracing.otlp-endpoint=" + endpoint)) {
      bagpipe.produce(TestImages.records(0, 40));
      await().atMost(PATIENCE).until(() -> bagpipe.seen() == 40);

      Set<String> views = traces(bagpipe, "views");
      assertThat(views).isNotEmpty();
      assertThat(views).containsAll(traces(bagpipe, "embeddings"));
      assertThat(views).containsAll(traces(bagpipe, "bags")).doesNotContain("none");
    } finally {
      collector.stop(0);
    }
    assertThat(String.join("", bodies))
        .contains("process images", "process views", "process embeddings", "process bags");
  }

  private static Set<String> traces(RunningService bagpipe, String topic) {
    return bagpipe.read(topic).stream()
        .map(record -> record.headers().lastHeader("traceparent"))
        .map(TracingIT::trace)
        .collect(Collectors.toSet());
  }

  private static String trace(Header header) {
    return header == null ? "none" : new String(header.value(), US_ASCII).split("-")[1];
  }
}
