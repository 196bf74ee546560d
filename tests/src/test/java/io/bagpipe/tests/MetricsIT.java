package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running service measures, and what dashboards and alerts ask of it. */
class MetricsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Path DOCKER = Path.of("../docker");
  private static final Pattern NAME =
      Pattern.compile("\\b(?:bagpipe|jvm|process|kafka)_[a-z0-9_]+\\b");

  /** Streams, clients and stages of one process; no image and no key adds to them. */
  private static final int MOST_SERIES = 2500;

  @Test
  void whatDashboardsAndAlertsAskForIsThere(@TempDir Path data) throws Exception {
    try (RunningService bagpipe = RunningService.start(data)) {
      bagpipe.produce(TestImages.records(0, 40));
      await().atMost(PATIENCE).until(() -> bagpipe.seen() == 40);

      String metrics = get(bagpipe, "/metrics");

      Set<String> names =
          metrics
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.replaceFirst("[{ ].*", ""))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(names).containsAll(asked());
      assertThat(names).anyMatch(name -> name.startsWith("kafka_consumer_fetch_manager_"));
      assertThat(names).anyMatch(name -> name.startsWith("kafka_producer_"));
      assertThat(value(metrics, "bagpipe_offheap_memory_bytes")).isPositive();
      assertThat(value(metrics, "process_resident_memory_bytes")).isGreaterThan(10e6);
      promtoolHasNothingToSay(metrics);
      seriesDoNotGrowWithImages(bagpipe, metrics);
      assertThat(get(bagpipe, "/health/ready")).contains("\"status\":\"UP\"");
    }
  }

  private static void seriesDoNotGrowWithImages(RunningService bagpipe, String before)
      throws Exception {
    bagpipe.produce(TestImages.records(40, 80));
    await().atMost(PATIENCE).until(() -> bagpipe.seen() == 80);
    String after = get(bagpipe, "/metrics");
    assertThat(ours(after)).isEqualTo(ours(before));
    assertThat(after.lines().filter(line -> !line.startsWith("#")).count()).isLessThan(MOST_SERIES);
  }

  private static Set<String> ours(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("bagpipe_"))
        .map(line -> line.replaceFirst(" .*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** Every metric in an expression of the Grafana dashboards and of the alert rules. */
  private static Set<String> asked() throws Exception {
    Set<String> asked = new TreeSet<>();
    try (Stream<Path> files = Files.walk(DOCKER.resolve("grafana"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        expressions(new JsonMapper().readTree(file.toFile()), asked);
      }
    }
    expressions(new YAMLMapper().readTree(DOCKER.resolve("prometheus/alerts.yml").toFile()), asked);
    assertThat(asked).hasSizeGreaterThan(15);
    return asked;
  }

  private static void expressions(JsonNode node, Set<String> into) {
    node.properties()
        .forEach(
            field -> {
              if (field.getKey().equals("expr")) {
                Matcher names = NAME.matcher(field.getValue().asText());
                while (names.find()) {
                  into.add(names.group());
                }
              }
            });
    node.forEach(child -> expressions(child, into));
  }

  private static void promtoolHasNothingToSay(String metrics) throws Exception {
    boolean installed =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    if (!installed) {
      System.err.println("promtool is not installed (apt-get install prometheus): not asked");
      return;
    }
    Process check =
        new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
    try (var in = check.getOutputStream()) {
      in.write(metrics.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
    assertThat(check.waitFor()).isZero();
  }

  private static String get(RunningService bagpipe, String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + bagpipe.service().httpPort() + path);
    var reply =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    return reply.body();
  }
}
