package io.bagpipe.model.teacher.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of torchvision, exported by PyTorch here and now. Skipped where there is no PyTorch. */
class TorchvisionTeachersTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path SCRIPT = Path.of("../tests/golden/teachers.py");

  @TempDir static Path folder;

  @BeforeAll
  static void export() throws Exception {
    if (!Files.isExecutable(PYTHON) || run("-c", "import torch, torchvision") != 0) {
      String reason =
          "SKIPPED: %s has no torch and torchvision (apt-get install python3-torch python3-torchvision)"
              .formatted(PYTHON);
      System.out.println(reason); // Maven counts what is skipped and does not say why
      abort(reason);
    }
    assertThat(run(SCRIPT.toString(), folder.toString())).as("see %s", log()).isZero();
  }

  private static Path log() {
    return folder.resolve("python.log");
  }

  private static int run(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(PYTHON.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("OMP_NUM_THREADS", "1");
    return builder.redirectErrorStream(true).redirectOutput(log().toFile()).start().waitFor();
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet50", "vit_b_16", "mobilenet_v3_small", "convnext"})
  void saysWhatItSaysInOnnxRuntime(String name) {
    Alike.assertAlike(TeacherSource.of(folder.resolve(name + ".onnx")), TeacherOptions.defaults(1));
  }
}
