package io.bagpipe.verticles.cli.student;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.verticles.cli.BagpipeCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportCommandTest {
  @TempDir Path run;
  @TempDir Path elsewhere;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void aRunWithACheckpoint() {
    new CheckpointStore(run.resolve("checkpoints"), 1)
        .save(Checkpoints.after(10, 640, List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnx", "safetensors", "dl4j"})
  void everyFormatIsWrittenAndReportedAsJson(String format) throws IOException {
    Path file = elsewhere.resolve("student");

    int code = export(run.toString(), "--format", format, "--json", "-o", file.toString());

    assertThat(code).as(err.toString()).isZero();
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.get("file").asText()).isEqualTo(file.toString());
    assertThat(report.get("format").asText()).isEqualTo(format);
    assertThat(report.get("anchors").asLong()).isEqualTo(640);
    assertThat(report.get("bytes").asLong()).isEqualTo(Files.size(file)).isGreaterThan(100_000);
    try (Stream<Path> files = Files.list(elsewhere)) {
      assertThat(files)
          .as("the student, and its card")
          .containsExactlyInAnyOrder(file, elsewhere.resolve("student.md"));
    }
  }

  @Test
  void theHeadMakesItLarger() throws IOException {
    Path with = elsewhere.resolve("with");
    Path without = elsewhere.resolve("without");

    export(run.toString(), "-f", "onnx", "--head", "-o", with.toString());
    export(run.toString(), "-f", "onnx", "-o", without.toString());

    assertThat(out.toString()).contains("with its head").contains("without head");
    assertThat(Files.size(with)).isGreaterThan(Files.size(without));
  }

  @Test
  void whatCannotBeDoneIsOneLine() {
    assertThat(export(run.toString(), "--format", "tflite")).isEqualTo(2);
    assertThat(export(elsewhere.toString(), "--format", "onnx")).isEqualTo(1);
    assertThat(export(run.toString(), "--format", "onnx", "-o", elsewhere.toString())).isEqualTo(1);
    assertThat(err.toString().lines())
        .hasSize(3)
        .satisfiesExactly(
            line -> assertThat(line).contains("expected onnx, safetensors or dl4j"),
            line -> assertThat(line).contains("no checkpoint here"),
            line -> assertThat(line).contains("is a directory"));
  }

  private int export(String... arguments) {
    String[] line = Stream.concat(Stream.of("export"), Stream.of(arguments)).toArray(String[]::new);
    return BagpipeCommand.execute(
        line, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
