package io.bagpipe.verticles.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

class ContinualBenchCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... more) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> line =
        new ArrayList<>(
            List.of(
                "bench",
                "continual",
                directory.resolve("out").toString(),
                "--seeds=1",
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

  private String pictures(String name, int classes) throws Exception {
    for (String part : List.of("train", "test")) {
      for (int i = 0; i < 12 * classes; i++) {
        Path file =
            directory.resolve(name).resolve(part).resolve("c" + i % classes).resolve(i + ".png");
        Files.createDirectories(file.getParent());
        Files.write(file, Pictures.png(20, 20 + i % classes * 6, i));
      }
    }
    return "--data=" + directory.resolve(name);
  }

  @Test
  void classesAreErasAndWhatWasDoneIsNotDoneAgain() throws Exception {
    String data = pictures("four", 4);
    String[] asked = {
      data, "--orders=sequential,recurring", "--strategies=none,fifo+constant", "--images=40"
    };
    assertThat(run(asked)).as(err.toString()).isZero();
    assertThat(out.toString())
        .startsWith("4 cells, 0 of them done already; about ")
        .contains("| sequential   | none ")
        .contains("| recurring    | fifo+constant ");

    JsonNode report = new ObjectMapper().readTree(directory.resolve("out/continual.json").toFile());
    JsonNode none = report.get("cells").get("sequential/none/seed-1");
    assertThat(none.get("eras").toString()).isEqualTo("[\"c0+c1\",\"c2+c3\"]");
    assertThat(none.get("matrix")).hasSize(2);
    assertThat(none.get("images").asInt()).isEqualTo(40);
    assertThat(none.get("memory_bytes").asLong()).isZero();
    double average = (none.get("matrix").get(1).get(0).asDouble() + at(none, 1, 1)) / 2;
    assertThat(none.get("average_accuracy").asDouble()).isEqualTo(average, within(1e-12));
    // as many held-out images of each era: the mean of both is that of all
    assertThat(none.get("knn").asDouble()).isEqualTo(average, within(1e-12));
    assertThat(none.get("forgetting").asDouble())
        .isEqualTo(Math.max(at(none, 0, 0), at(none, 1, 0)) - at(none, 1, 0), within(1e-12));
    JsonNode fifo = report.get("cells").get("recurring/fifo+constant/seed-1");
    assertThat(fifo.get("rehearsed").asInt()).isBetween(14, 16);
    assertThat(fifo.get("memory_bytes").asLong()).isPositive();

    List<String> cells = Files.readAllLines(directory.resolve("out/cells.jsonl"));
    Files.write(directory.resolve("out/cells.jsonl"), cells.subList(0, 3));
    assertThat(run(asked)).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("4 cells, 3 of them done already; about ");
    List<String> again = Files.readAllLines(directory.resolve("out/cells.jsonl"));
    assertThat(again.subList(0, 3)).isEqualTo(cells.subList(0, 3));
    assertThat(again.get(3).replaceAll("\"seconds\":[^,}]+", ""))
        .isEqualTo(cells.get(3).replaceAll("\"seconds\":[^,}]+", ""));
  }

  private static double at(JsonNode cell, int phase, int era) {
    return cell.get("matrix").get(phase).get(era).asDouble();
  }

  @Test
  void severalDataSetsAreAnEraEach() throws Exception {
    assertThat(
            run(
                pictures("first", 2),
                pictures("second", 2),
                "--orders=sequential",
                "--strategies=reservoir:rehearsal.memory=5",
                "--json"))
        .as(err.toString())
        .isZero();
    JsonNode cell =
        new ObjectMapper()
            .readTree(out.toString())
            .get("cells")
            .get("sequential/reservoir:rehearsal.memory=5/seed-1");
    assertThat(cell.get("eras").toString()).isEqualTo("[\"first\",\"second\"]");
    assertThat(cell.get("images").asInt()).isEqualTo(48);
    assertThat(cell.get("untrained")).hasSize(2);
  }

  @Test
  void whatIsNotValidIsOneLine() throws Exception {
    assertThat(run("--strategies=lifo")).isEqualTo(1);
    assertThat(err.toString()).contains("\"lifo\" is not valid").hasLineCount(1);
    assertThat(run("--orders=sequential,sequential")).isEqualTo(2);
    assertThat(err.toString()).contains("expected different ones").hasLineCount(1);
    assertThat(run("--orders=backwards")).isEqualTo(2);
    assertThat(run(pictures("two", 2), "--orders=iid", "--strategies=none")).isEqualTo(1);
    assertThat(err.toString()).contains("one era only").hasLineCount(1);
  }
}
