package io.bagpipe.verticles.cli.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.verticles.cli.BagpipeCommand;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
  private static final int SIZE = 16;

  @TempDir static Path dir;
  private static Path checkpoint;
  private static Path pictures;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void aStudentAndPictures() throws IOException {
    checkpoint =
        new CheckpointStore(dir.resolve("checkpoints"), 3)
            .save(Checkpoints.after(2, 8, List.of(), List.of()));
    pictures = dir.resolve("pictures");
    Random random = new Random(1);
    String[] classes = {"blue", "green", "red"};
    for (int i = 0; i < 90; i++) {
      int label = i % 3;
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
      for (int at = 0; at < SIZE * SIZE; at++) {
        image.setRGB(
            at % SIZE, at / SIZE, (0xff << (8 * label)) | (random.nextInt(0x40) * 0x10101));
      }
      String part = i < 60 ? "train/" : "test/";
      Path folder = Files.createDirectories(pictures.resolve(part + classes[label]));
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }
    Files.writeString(pictures.resolve("test/red/damaged.png"), "no picture");
  }

  @Test
  void saysWhatFeaturesAreWorthInEveryForm() throws Exception {
    Path report = dir.resolve("report");
    Path onnx = dir.resolve("student.onnx");
    assertThat(run("export", checkpoint.toString(), "-f", "onnx", "-o", onnx.toString())).isZero();
    out.getBuffer().setLength(0);

    assertThat(
            run(
                "evaluate",
                checkpoint.toString(),
                onnx.toString(),
                "--data=" + pictures,
                "--teacher=" + onnxTeacher(),
                "--probes=knn,ridge,logistic,sgd,finetune-10",
                "--seeds=2",
                "--sgd-epochs=5",
                "--sgd-lr=1",
                "--finetune-epochs=2",
                "-k=5",
                "--out=" + report,
                "--save-features",
                "--json"))
        .as(err.toString())
        .isZero();

    JsonNode said = new ObjectMapper().readTree(out.toString());
    assertThat(said)
        .isEqualTo(new ObjectMapper().readTree(report.resolve("evaluation.json").toFile()));
    assertThat(said.get("bank").asInt()).isEqualTo(60);
    assertThat(said.get("queries").asInt()).as("one is damaged").isEqualTo(30);
    assertThat(said.get("classes"))
        .extracting(JsonNode::asText)
        .containsExactly("blue", "green", "red");
    JsonNode subjects = said.get("subjects");
    assertThat(subjects)
        .extracting(subject -> subject.get("kind").asText())
        .containsExactly("teacher", "untrained", "student", "student");
    JsonNode student = subjects.get(2);
    for (String probe : List.of("knn", "ridge", "logistic", "sgd", "finetune_10")) {
      JsonNode score = student.get("probes").get(probe);
      assertThat(score.get("top5").asDouble()).as(probe + ": of three classes").isEqualTo(1);
      assertThat(score.get("per_class").size()).isEqualTo(3);
      int drawn = probe.equals("sgd") || probe.startsWith("fine") ? 2 : 1;
      assertThat(score.get("per_seed").size()).as(probe).isEqualTo(drawn);
      assertThat(score.get("standard_error").isNull()).as(probe).isEqualTo(drawn == 1);
    }
    assertThat(student.get("probes").get("logistic").get("top1").asDouble()).isEqualTo(1);
    assertThat(student.get("alignment").asDouble()).isBetween(0.0, 4.0);
    assertThat(student.get("uniformity").asDouble()).isBetween(-4.0, 0.0);
    assertThat(subjects.get(0).get("agreement").isNull()).isTrue();
    // the teacher is the very student, and so is its ONNX file
    assertThat(student.get("agreement").get("nearest").asDouble()).isGreaterThan(0.9);
    assertThat(subjects.get(3).get("probes")).isEqualTo(student.get("probes"));
    assertThat(said.get("over_students").get("knn").get("standard_error").asDouble())
        .isCloseTo(0, within(1e-12));
    assertThat(said.get("notes").get(0).asText()).contains("another teacher");

    assertThat(Files.readString(report.resolve("evaluation.md")))
        .contains("| knn top-1", "± 0", "over 2 students", "| green", "evaluation.svg");
    var svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.resolve("evaluation.svg").toFile());
    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(30 + 3);
    try (Stream<Path> files = Files.list(report)) {
      assertThat(files.filter(f -> f.toString().endsWith(".safetensors"))).hasSize(4);
    }
  }

  @Test
  void whatCannotBeDoneIsOneLine() throws IOException {
    Path one = Files.createDirectories(dir.resolve("one/train/only")).resolve("1.png");
    Files.copy(pictures.resolve("train/red/2.png"), one);
    Path test = Files.createDirectories(dir.resolve("one/test/only")).resolve("1.png");
    Files.copy(pictures.resolve("train/red/2.png"), test);
    Path flat = Files.createDirectories(dir.resolve("flat"));
    for (int i = 0; i < 60; i++) {
      Files.copy(one, flat.resolve(i + ".png"));
    }
    String data = "--data=" + pictures;
    refused("has one class only, [only]", checkpoint.toString(), "--data=" + dir.resolve("one"));
    refused("labels are folders", checkpoint.toString(), "--data=" + flat);
    refused("no such file", dir.resolve("none").toString(), data);
    refused("no such file", checkpoint.toString(), "--data=" + dir.resolve("none"));
    refused("not a student that bagpipe export wrote", onnxTeacherOfOthers(), data);
    refused("needed: side 16", checkpoint.toString(), data, "--teacher=builtin:fashion-mnist");
    refused("--save-features takes --out", checkpoint.toString(), data, "--save-features");
    refused("--bank 0; valid: 1 or more", checkpoint.toString(), data, "--bank=0");
    assertThat(run("evaluate", checkpoint.toString(), data, "--probes=magic")).isEqualTo(2);
    assertThat(err.toString()).contains("\"magic\" is not valid; expected knn, ridge");
  }

  private void refused(String why, String... arguments) {
    err.getBuffer().setLength(0);
    String[] line =
        Stream.concat(Stream.of("evaluate"), Stream.of(arguments)).toArray(String[]::new);
    assertThat(run(line)).as(why).isEqualTo(1);
    assertThat(err.toString()).contains(why);
    assertThat(err.toString().lines().filter(l -> l.startsWith("bagpipe evaluate: "))).hasSize(1);
  }

  /** The student itself, with its head. */
  private String onnxTeacher() {
    String file = dir.resolve("teacher.onnx").toString();
    assertThat(run("export", checkpoint.toString(), "-f", "onnx", "--head", "-o", file)).isZero();
    out.getBuffer().setLength(0);
    return file;
  }

  /** ONNX of nobody: a model with nothing in it. */
  private static String onnxTeacherOfOthers() throws IOException {
    return Files.write(dir.resolve("others.onnx"), new byte[] {8, 8}).toString();
  }

  private int run(String... args) {
    return BagpipeCommand.execute(
        args,
        Map.of("OMP_NUM_THREADS", "1"),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
