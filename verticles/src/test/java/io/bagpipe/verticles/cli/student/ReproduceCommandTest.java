package io.bagpipe.verticles.cli.student;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.verticles.bags.Pictures;
import io.bagpipe.verticles.cli.BagpipeCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproduceCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... more) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> line =
        new ArrayList<>(
            List.of(
                "reproduce",
                directory.resolve("out").toString(),
                "--data=" + directory.resolve("data"),
                "--objectives=seed,moco-v2:train.batch=4",
                "--seeds=1",
                "--images=20",
                "--probes=knn",
                "--set=student.width=4",
                "--set=student.head-hidden=16",
                "--set=train.queue=16",
                "--set=train.threads=1",
                "--set=teacher.path=builtin:fashion-mnist"));
    line.addAll(List.of(more));
    return BagpipeCommand.execute(
        line.toArray(String[]::new),
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }

  private void pictures() throws Exception {
    for (String part : List.of("train", "test")) {
      for (int i = 0; i < 12; i++) {
        Path file =
            directory.resolve("data").resolve(part).resolve("c" + i % 2).resolve(i + ".png");
        Files.createDirectories(file.getParent());
        Files.write(file, Pictures.png(20, 20 + i % 2 * 8, i));
      }
    }
  }

  @Test
  void startedAgainItDoesWhatIsMissingAndTheSame() throws Exception {
    pictures();
    assertThat(run()).as(err.toString()).isZero();
    assertThat(out.toString())
        .startsWith("4 cells, 0 of them done already; about ")
        .contains("| seed ")
        .contains("| moco-v2:train.batch=4 ")
        .contains("| untrained ")
        .contains("| teacher ")
        .contains("| ResNet-50 (67.4) | BINGO | 61.4 |")
        .contains("What differs:");
    Path file = directory.resolve("out/cells.jsonl");
    List<String> cells = Files.readAllLines(file);
    assertThat(cells).hasSize(4);
    byte[] student = Files.readAllBytes(directory.resolve("out/students/seed-seed-1.onnx"));

    // as if killed after the second cell of four, before the first had been
    Files.write(file, cells.subList(1, 2));
    assertThat(run("--json")).as(err.toString()).isZero();

    JsonNode result = new ObjectMapper().readTree(out.toString());
    assertThat(result.get("table")).hasSize(4);
    List<String> again = Files.readAllLines(file);
    assertThat(again).hasSize(4).contains(cells.get(1));
    assertThat(timeless(again)).containsExactlyInAnyOrderElementsOf(timeless(cells));
    assertThat(Files.readAllBytes(directory.resolve("out/students/seed-seed-1.onnx")))
        .isEqualTo(student);
    assertThat(directory.resolve("out/reproduce.md")).content().contains("reproduce.svg");

    assertThat(run("--set=train.queue=32")).isEqualTo(1);
    assertThat(err.toString()).contains("by another configuration").hasLineCount(1);
  }

  private static List<String> timeless(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll("\"seconds\":[^,}]+", "")).toList();
  }

  @Test
  void equalSecondsAreMeasuredOnce() throws Exception {
    pictures();
    assertThat(run("--equal=seconds")).as(err.toString()).isZero();
    Path file = directory.resolve("out/measured.json");
    JsonNode measured = new ObjectMapper().readTree(file.toFile());
    JsonNode report = new ObjectMapper().readTree(directory.resolve("out/reproduce.json").toFile());
    double ratio =
        measured.get("seed").asDouble() / measured.get("moco-v2:train.batch=4").asDouble();
    assertThat(report.get("images").get("seed").asLong()).isEqualTo(20);
    assertThat(report.get("images").get("moco-v2:train.batch=4").asLong())
        .isEqualTo(Math.max(1, Math.round(20 * ratio)));

    String before = Files.readString(file);
    assertThat(run("--equal=seconds")).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("4 cells, 4 of them done already; about 0 s");
    assertThat(file).hasContent(before);
  }

  @Test
  void whatIsNotValidIsOneLine() {
    assertThat(run("--objectives=bingo,bongo")).isEqualTo(1);
    assertThat(err.toString()).contains("\"bongo\" is not valid").hasLineCount(1);
    assertThat(run("--objectives=bingo:batch")).isEqualTo(1);
    assertThat(err.toString()).contains("expected bingo:KEY=VALUE").hasLineCount(1);
    assertThat(run("--seeds=1,1")).isEqualTo(1);
    assertThat(err.toString()).contains("expected different ones").hasLineCount(1);
  }
}
