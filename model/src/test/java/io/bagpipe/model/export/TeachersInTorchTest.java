package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.teacher.TeacherCard;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.model.teacher.torch.Alike;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Teachers made of what Python has (tests/export/teachers.py, Debian's PyTorch and torchvision),
 * run here and held against what PyTorch computes: imported safetensors files, and the files of
 * model/teachers/export.py. Skipped where there is no PyTorch.
 */
class TeachersInTorchTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path SCRIPT = Path.of("../tests/export/teachers.py");
  private static final double TOLERANCE = 1e-4;
  private static final int SIZE = 64;
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] STD = {0.229f, 0.224f, 0.225f};

  @TempDir static Path folder;
  private static List<JsonNode> torch = List.of();

  @BeforeAll
  static void run() throws Exception {
    boolean there =
        Files.isExecutable(PYTHON)
            && new ProcessBuilder(PYTHON.toString(), "-c", "import torch, torchvision")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor()
                == 0;
    if (!there) {
      String reason =
          "SKIPPED: %s has no torch and torchvision (apt-get install python3-torch python3-torchvision)"
              .formatted(PYTHON);
      System.out.println(reason); // Maven counts what is skipped and does not say why
      abort(reason);
    }
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(PYTHON.toString(), SCRIPT.toString(), folder.toString())
            .redirectError(errors.toFile())
            .start();
    List<JsonNode> lines = new ArrayList<>();
    for (String line :
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    torch = lines;
  }

  private static List<JsonNode> lines(String kind) {
    return torch.stream().filter(line -> line.get("kind").asText().equals(kind)).toList();
  }

  @Test
  void anImportedFileComputesWhatTorchvisionDoes() throws Exception {
    assertThat(lines("import")).hasSize(3);
    for (JsonNode line : lines("import")) {
      TeacherImport.Request request =
          new TeacherImport.Request(
              Family.of(line.get("arch").asText()),
              64,
              Stem.IMAGENET,
              false,
              "",
              new Preprocessing(SIZE, 0, SIZE, MEAN, STD));
      Path weights = folder.resolve(line.get("file").asText());
      var imported = TeacherImport.read(weights, "ab".repeat(32), request);
      ByteArrayOutputStream onnx = new ByteArrayOutputStream();
      OnnxModel.write(imported.network(), false, onnx);

      var run = OnnxRuntimeRun.run(onnx.toByteArray(), Students.pixels(2, SIZE), 2, SIZE);

      assertThat(imported.names()).isEqualTo("torchvision");
      assertThat(run.outputs()).containsOnlyKeys("features");
      assertClose(line, "features", run.outputs());
      assertThat(run.metadata())
          .containsEntry("image.size", "64")
          .containsEntry("teacher.source_sha256", "ab".repeat(32))
          .containsEntry("teacher.architecture", line.get("arch").asText());
      assertThat(TeacherCard.of(run.metadata()).normalisedBy())
          .isEqualTo(TeacherCard.NormalisedBy.MODEL);
    }
  }

  @Test
  void theScriptsFilesOfTheAuthorsCheckpointsComputeWhatPyTorchDoesAndSayHow() throws Exception {
    assertThat(lines("onnx")).hasSize(7);
    for (JsonNode line : lines("onnx")) {
      String name = line.get("file").asText();
      int size = line.get("size").asInt();
      byte[] onnx = Files.readAllBytes(folder.resolve(name));

      var run = OnnxRuntimeRun.run(onnx, Students.pixels(2, size), 2, size);

      assertClose(line, "features", run.outputs());
      assertThat(run.outputs().containsKey("embedding")).as(name).isEqualTo(line.has("embedding"));
      if (line.has("embedding")) {
        assertClose(line, "embedding", run.outputs());
      }
      TeacherCard card = TeacherCard.read(folder.resolve(name));
      assertThat(card.size()).isEqualTo(size);
      assertThat(card.normalisedBy()).isEqualTo(TeacherCard.NormalisedBy.MODEL);
      assertThat(card.mean()).containsExactly(MEAN);
      assertThat(card.std()).containsExactly(STD);
      assertThat(run.metadata().get("teacher.source_sha256")).hasSize(64);
      Alike.assertAlike(TeacherSource.of(folder.resolve(name)), TeacherOptions.defaults(1));
    }
    assertThat(lines("onnx").stream().filter(line -> line.has("embedding")).count()).isEqualTo(4);
  }

  @Test
  void itsTransformersAreTheAuthorsOwn() {
    assertThat(lines("golden")).hasSize(3);
    for (JsonNode line : lines("golden")) {
      assertThat(line.get("difference").asDouble()).as(line.toString()).isLessThan(1e-5);
    }
  }

  private static void assertClose(JsonNode line, String output, Map<String, float[][]> actual) {
    double difference = 0;
    double norm = 0;
    float[][] rows = actual.get(output);
    assertThat(rows).hasDimensions(line.get(output).size(), line.get(output).get(0).size());
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        double value = line.get(output).get(i).get(j).asDouble();
        difference += Math.pow(rows[i][j] - value, 2);
        norm += value * value;
      }
    }
    assertThat(Math.sqrt(difference / norm)).as(line.get("file").asText()).isLessThan(TOLERANCE);
  }
}
