package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Stem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Exported files against torchvision itself (as Debian packages it), and what PyTorch computes from
 * the safetensors file against what ONNX Runtime computes from the ONNX file. Skipped where there
 * is no PyTorch.
 */
class LoadInTorchTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path SCRIPT = Path.of("../tests/export/load_in_torch.py");
  private static final double TOLERANCE = 1e-4;

  @TempDir static Path folder;

  @BeforeAll
  static void needsPyTorch() throws Exception {
    assumeTrue(hasTorchvision(), "skipped: " + PYTHON + " has no torch and torchvision");
  }

  @ParameterizedTest
  @CsvSource({
    "RESNET18, IMAGENET, false",
    "RESNET34, IMAGENET, false",
    "RESNET50, IMAGENET, false",
    "MOBILENET_V3_LARGE, IMAGENET, false",
    "EFFICIENTNET_B0, IMAGENET, false",
    "RESNET18, CIFAR, true",
    "MOBILENET_V3_LARGE, CIFAR, true",
  })
  void torchvisionTakesItAndComputesTheSame(Family family, Stem stem, boolean head)
      throws Exception {
    int size = stem == Stem.CIFAR ? 32 : 64;
    Student student = Students.of(family, 64, stem, size);
    byte[] onnx = OnnxModelTest.onnx(student, head);
    Path weights = folder.resolve("student.safetensors");
    try (OutputStream out = Files.newOutputStream(weights)) {
      TorchvisionWeights.write(student, head, out);
    }

    Path model = Files.write(folder.resolve("student.onnx"), onnx);

    List<String> arguments = new ArrayList<>(List.of(weights.toString(), "--images", "2"));
    arguments.addAll(List.of("--onnx", model.toString()));
    arguments.addAll(List.of("--stem", stem.name().toLowerCase(Locale.ROOT)));
    if (head) {
      arguments.add("--head");
    }
    JsonNode torch = run(arguments);

    String classifier = student.spec().name().startsWith("resnet") ? "fc." : "classifier.";
    assertThat(torch.get("onnx").asText()).isIn("checked", "not installed");
    assertThat(torch.get("unexpected")).isEmpty();
    assertThat(torch.get("missing"))
        .allSatisfy(key -> assertThat(key.asText()).startsWith(classifier));
    assertThat(torch.get("missing").isEmpty()).isEqualTo(head);
    var runtime = OnnxRuntimeRun.run(onnx, Students.pixels(2, size), 2, size).outputs();
    assertClose(runtime.get("features"), torch.get("features"));
    if (head) {
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

  private static JsonNode run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON.toString(), SCRIPT.toString()));
    command.addAll(arguments);
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return new ObjectMapper().readTree(output);
  }
}
