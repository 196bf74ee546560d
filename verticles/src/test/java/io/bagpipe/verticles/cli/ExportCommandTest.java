package io.bagpipe.verticles.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.bingo.TrainerState;
import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
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
    new CheckpointStore(run.resolve("checkpoints"), 1).save(checkpoint());
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
      assertThat(files).containsExactly(file);
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

  private static Checkpoint checkpoint() {
    Architecture architecture = new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(24, 16));
    String configuration =
        """
        {"views":{"geometry":{"pad":0,"indexResize":16},"mean":{"red":0,"green":0,"blue":0},
         "std":{"red":1,"green":1,"blue":1}}}
        """;
    return new Checkpoint(
        new CheckpointInfo(
            "run7",
            "2026-11-22T12:00:00Z",
            new io.bagpipe.model.checkpoint.Architecture("resnet18", 4, "cifar", 16, "mlp-24-16"),
            configuration,
            1,
            10,
            640,
            List.of(),
            List.of(),
            Metrics.NONE),
        new TrainerState(
            10, 640, new float[32], 1, architecture.spec().initialState(1), new StateDict()),
        new byte[0]);
  }
}
