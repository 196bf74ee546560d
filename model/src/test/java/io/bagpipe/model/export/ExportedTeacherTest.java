package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.model.teacher.torch.Alike;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that we write, as teachers: libtorch says of them what ONNX Runtime says. */
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

  @Test
  void featuresAloneAndPrincipalComponentsOfThemAreReadToo() throws Exception {
    Student student = Students.of(Family.RESNET18, 2, Stem.CIFAR, SIZE);
    Path file = Files.write(folder.resolve("features.onnx"), OnnxModelTest.onnx(student, false));
    Alike.assertAlike(TeacherSource.of(file), TeacherOptions.defaults(1));

    int dimension = 16;
    Random random = new Random(5);
    List<float[]> rows =
        Stream.generate(
                () -> {
                  float[] row = new float[dimension];
                  row[random.nextInt(dimension)] = 1;
                  return row;
                })
            .limit(64)
            .toList();
    Path fitted = folder.resolve("pca.onnx");
    try (OutputStream out = Files.newOutputStream(fitted)) {
      PrincipalComponents.fit(rows, dimension, 4).append(file, "features", out);
    }
    TeacherSource source = TeacherSource.of(fitted);
    Alike.assertAlike(source, TeacherOptions.defaults(1));
    try (TeacherEncoder teacher = Alike.torch(source, TeacherOptions.defaults(1), "float32")) {
      assertThat(teacher.embeddingDimension()).isEqualTo(4);
    }
  }
}
