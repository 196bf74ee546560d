package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Stem;
import java.io.IOException;
import java.io.OutputStream;
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
 * Exported files against torchvision itself (as Debian packages it), and what PyTorch computes from
 * the safetensors file against what ONNX Runtime computes from the ONNX file. Skipped where there
 * is no PyTorch.
 */
class LoadInTorchTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path SCRIPT = Path.of("../tests/export/load_in_torch.py");
  private static final double TOLERANCE = 1e-4;

  private static final int SIZE = 48;

  @TempDir static Path folder;

  private record Case(Family family, Stem stem, boolean head) {
    @Override
    public String toString() {
      return family.torchvisionName() + "-" + stem + (head ? "-head" : "");
    }
  }

  @BeforeAll
  static void needsPyTorch() throws Exception {
    if (!hasTorchvision()) {
      String reason =
          "SKIPPED: %s has no torch and torchvision (apt-get install python3-torch python3-torchvision)"
              .formatted(PYTHON);
      System.out.println(reason); // Maven counts what is skipped and does not say why
      abort(reason);
    }
  }

  @Test
  void torchvisionTakesItAndComputesTheSame() throws Exception {
    List<Case> cases =
        List.of(
            new Case(Family.RESNET18, Stem.IMAGENET, false),
            new Case(Family.RESNET34, Stem.IMAGENET, false),
            new Case(Family.RESNET50, Stem.IMAGENET, false),
            new Case(Family.MOBILENET_V3_LARGE, Stem.IMAGENET, false),
            new Case(Family.EFFICIENTNET_B0, Stem.IMAGENET, false),
            new Case(Family.RESNET18, Stem.CIFAR, true),
            new Case(Family.MOBILENET_V3_LARGE, Stem.CIFAR, true));
    List<Map<String, float[][]>> runtime = new ArrayList<>();
    List<String> arguments = new ArrayList<>(List.of("--images", "2"));
    for (Case c : cases) {
      Student student = Students.of(c.family, 64, c.stem, SIZE);
      Path weights = folder.resolve(c + ".safetensors");
      byte[] onnx = OnnxModelTest.onnx(student, c.head);
      try (OutputStream out = Files.newOutputStream(weights)) {
        TorchvisionWeights.write(student, c.head, out);
      }
      Files.write(folder.resolve(c + ".onnx"), onnx);
      arguments.add(weights.toString());
      runtime.add(OnnxRuntimeRun.run(onnx, Students.pixels(2, SIZE), 2, SIZE).outputs());
    }

    List<JsonNode> torch = run(arguments);

    assertThat(torch).hasSameSizeAs(cases);
    for (int i = 0; i < cases.size(); i++) {
      assertTaken(cases.get(i), torch.get(i), runtime.get(i));
    }
  }

  private static void assertTaken(Case c, JsonNode torch, Map<String, float[][]> runtime) {
    String classifier = c.family.name().startsWith("RESNET") ? "fc." : "classifier.";
    assertThat(torch.get("architecture").asText()).isEqualTo(c.family.torchvisionName());
    assertThat(torch.get("onnx").asText()).isIn("checked", "not installed");
    assertThat(torch.get("unexpected")).as(c.toString()).isEmpty();
    assertThat(torch.get("missing"))
        .allSatisfy(key -> assertThat(key.asText()).startsWith(classifier));
    assertThat(torch.get("missing").isEmpty()).isEqualTo(c.head);
    assertClose(runtime.get("features"), torch.get("features"));
    if (c.head) {
      assertClose(runtime.get("embedding"), torch.get("embedding"));
    }
  }

  private static void assertClose(float[][] actual, JsonNode expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      assertThat(expected.get(i).size()).isEqualTo(actual[i].length);
      for (int j = 0; j < actual[i].length; j++) {
        double value = expected.get(i).get(j).asDouble();
        difference += Math.pow(actual[i][j] - value, 2);
        norm += value * value;
      }
    }
    assertThat(Math.sqrt(difference / norm)).isLessThan(TOLERANCE);
  }

  private static boolean hasTorchvision() throws Exception {
    return Files.isExecutable(PYTHON)
        && new ProcessBuilder(PYTHON.toString(), "-c", "import torch, torchvision, numpy")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }

  private static List<JsonNode> run(List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON.toString(), SCRIPT.toString()));
    command.addAll(arguments);
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    List<JsonNode> results = new ArrayList<>();
    for (String line : lines) {
      results.add(new ObjectMapper().readTree(line));
    }
    return results;
  }
}
