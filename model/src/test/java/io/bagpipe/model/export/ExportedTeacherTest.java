package io.bagpipe.model.export;

import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.model.teacher.torch.Alike;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exported students as teachers: libtorch says of them what ONNX Runtime says. */
class ExportedTeacherTest {
  private static final int SIZE = 33;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "RESNET18, 8, CIFAR",
    "RESNET34, 8, IMAGENET",
    "RESNET50, 8, IMAGENET",
    "MOBILENET_V3_LARGE, 64, IMAGENET",
    "EFFICIENTNET_B0, 64, IMAGENET",
  })
  void libtorchSaysWhatOnnxRuntimeSays(Family family, int width, Stem stem) throws Exception {
    Student student = Students.of(family, width, stem, SIZE);
    Path file = Files.write(folder.resolve("student.onnx"), OnnxModelTest.onnx(student, true));

    Alike.assertAlike(TeacherSource.of(file), TeacherOptions.defaults(1));
  }
}
