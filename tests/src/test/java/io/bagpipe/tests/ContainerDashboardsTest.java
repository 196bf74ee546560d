package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus can read every expression of the Grafana dashboards, as rules made of them. That their
 * metrics exist is held against a running service by {@link MetricsIT}.
 */
class ContainerDashboardsTest {
  private static final Path DASHBOARDS = Path.of("..", "docker", "grafana", "dashboards");

  @TempDir Path folder;

  @Test
  void prometheusReadsEveryExpression() throws Exception {
    List<String> expressions = expressions();
    assertThat(expressions).hasSizeGreaterThan(15);
    assertThat(promtool(expressions)).contains("SUCCESS: " + expressions.size() + " rules found");
    assertThat(promtool(List.of("sum by (stage (up)"))).contains("FAILED");
  }

  private static List<String> expressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    try (Stream<Path> files = Files.list(DASHBOARDS)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        for (JsonNode node : new JsonMapper().readTree(file.toFile()).findValues("expr")) {
          expressions.add(node.asText());
        }
      }
    }
    return expressions;
  }

  /** What {@code promtool check rules} says about rules of these expressions. */
  private String promtool(List<String> expressions) throws Exception {
    List<Map<String, String>> rules = new ArrayList<>();
    for (String expression : expressions) {
      rules.add(Map.of("record", "dashboards:expression" + rules.size(), "expr", expression));
    }
    Path file = folder.resolve("rules.yml");
    new YAMLMapper()
        .writeValue(
            file.toFile(), Map.of("groups", List.of(Map.of("name", "dashboards", "rules", rules))));
    Process check;
    try {
      check =
          new ProcessBuilder("promtool", "check", "rules", file.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      String message = "SKIPPED: promtool is not installed (apt-get install prometheus)";
      System.out.println(message);
      return abort(message);
    }
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    check.waitFor();
    return said;
  }
}
