package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.engine.EngineRequest;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.engine.StudentEngines;
import io.bagpipe.model.image.PixelNormalizer;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.teacher.OnnxTeacher;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherOutput;
import io.bagpipe.model.teacher.TeacherSource;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Exported students do what the engine does, in ONNX Runtime and in an engine started from them.
 */
class ExportedStudentTest {
  private static final int COUNT = 3;
  private static final int SIZE = 33;
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "RESNET18, 8, CIFAR",
    "RESNET18, 8, IMAGENET",
    "RESNET34, 8, CIFAR",
    "RESNET50, 8, IMAGENET",
    "MOBILENET_V3_LARGE, 64, CIFAR",
    "MOBILENET_V3_LARGE, 64, IMAGENET",
    "EFFICIENTNET_B0, 64, IMAGENET",
  })
  void onnxRuntimeComputesWhatTheEngineDoes(Family family, int width, Stem stem) throws Exception {
    Student student = Students.of(family, width, stem, SIZE);
    float[] pixels = Students.pixels(COUNT, SIZE);
    byte[] levels = Students.levels(COUNT, SIZE);
    float[] features;
    float[] embedding;
    try (StudentEngine engine =
        StudentEngines.create(
            new EngineRequest(student.spec(), SIZE, COUNT, 1, PixelNormalizer.IMAGENET),
            EngineOptions.DEFAULT)) {
      engine.load(student.state());
      features = engine.features(levels, COUNT);
      embedding = engine.embed(levels, COUNT);
    }

    var outputs =
        OnnxRuntimeRun.run(OnnxModelTest.onnx(student, true), pixels, COUNT, SIZE).outputs();

    assertSame(outputs.get("features"), features);
    assertSame(outputs.get("embedding"), embedding);
  }

  @Test
  void aStudentIsTheNextTeacher() throws Exception {
    Student student = Students.of(Family.RESNET18, 4, Stem.CIFAR, 8);
    Path file = Files.write(folder.resolve("student.onnx"), OnnxModelTest.onnx(student, true));
    byte[] views = new byte[2 * 8 * 8 * 3];
    for (int i = 0; i < views.length; i++) {
      views[i] = (byte) (i * 31);
    }

    try (OnnxTeacher teacher =
        OnnxTeacher.open(TeacherSource.of(file), TeacherOptions.defaults(1))) {
      TeacherOutput output = TeacherOutput.of(teacher, views, views, 2).complete();

      assertThat(teacher.inputSize()).isEqualTo(8);
      assertThat(output.features()).hasSize(2 * student.spec().featureDimension());
      assertThat(output.embeddings()).hasSize(2 * student.spec().embeddingDimension());
    }
  }

  private static void assertSame(float[][] actual, float[] expected) {
    int columns = expected.length / COUNT;
    for (int i = 0; i < expected.length; i++) {
      double value = expected[i];
      assertThat((double) actual[i / columns][i % columns])
          .isCloseTo(value, within(TOLERANCE * Math.max(1, Math.abs(value))));
    }
  }
}
