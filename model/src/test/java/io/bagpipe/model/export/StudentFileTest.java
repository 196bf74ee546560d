package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Parameter;
import io.bagpipe.model.network.Stem;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "RESNET18, CIFAR, true",
    "RESNET18, IMAGENET, false",
    "MOBILENET_V3_LARGE, CIFAR, true",
    "EFFICIENTNET_B0, IMAGENET, false"
  })
  void whatWasExportedIsReadBack(Family family, Stem stem, boolean head) throws Exception {
    Student student = Students.of(family, family == Family.RESNET18 ? 8 : 64, stem, 32);
    Path onnx = Files.write(folder.resolve("a"), OnnxModelTest.onnx(student, head));
    Path weights = folder.resolve("b");
    try (OutputStream out = Files.newOutputStream(weights)) {
      TorchvisionWeights.write(student, head, out);
    }

    for (Path file : new Path[] {onnx, weights}) {
      Student read = StudentFile.read(file);
      assertThat(read.properties()).isEqualTo(student.properties());
      assertThat(read.preprocessing().mean()).isEqualTo(student.preprocessing().mean());
      if (head) {
        assertThat(read.architecture()).isEqualTo(student.architecture());
      }
      for (var node : head ? read.spec().nodes() : read.spec().backbone()) {
        for (Parameter parameter : node.parameters()) {
          assertThat(read.state().get(parameter.name()).data())
              .as("%s of %s", parameter.name(), file)
              .isEqualTo(student.state().get(parameter.name()).data());
        }
      }
    }
  }

  @Test
  void whatIsNoStudentIsRefusedInALine() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "a student, honestly");
    assertThatThrownBy(() -> StudentFile.read(text))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("no ONNX file");
    Path empty = Files.writeString(folder.resolve("empty"), "");
    assertThatThrownBy(() -> StudentFile.read(empty))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("student.architecture");
    Path other = folder.resolve("other");
    byte[] header = "{\"__metadata__\":{\"format\":\"pt\"}}".getBytes(StandardCharsets.UTF_8);
    byte[] file = new byte[8 + header.length];
    file[0] = (byte) header.length;
    System.arraycopy(header, 0, file, 8, header.length);
    Files.write(other, file);
    assertThatThrownBy(() -> StudentFile.read(other))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("not a student that bagpipe export wrote");
    assertThatThrownBy(() -> StudentFile.read(folder.resolve("none")))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("no such file");
  }

  /** Of a file that is cut or changed anywhere nothing comes but a refusal, or a student. */
  @Test
  void aDamagedOnnxFileIsRefused() throws Exception {
    byte[] whole = OnnxModelTest.onnx(Students.of(Family.RESNET18, 2, Stem.CIFAR, 16), false);
    Random random = new Random(7);
    Path file = folder.resolve("damaged");
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] damaged =
          i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      if (i % 2 == 1) {
        damaged[random.nextInt(i % 4 == 1 ? 400 : whole.length)] ^=
            (byte) (1 + random.nextInt(255));
      }
      Files.write(file, damaged);
      try {
        StudentFile.read(file);
      } catch (ModelFileException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(90);
  }
}
