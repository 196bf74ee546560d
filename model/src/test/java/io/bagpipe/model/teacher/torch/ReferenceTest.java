package io.bagpipe.model.teacher.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What ONNX Runtime said on a CPU, kept in a file: for hosts that have a GPU and no ONNX Runtime
 * (tests/gpu/verify.sh).
 */
class ReferenceTest {
  private static final TeacherOptions OPTIONS = TeacherOptions.defaults(1);
  private static final int COUNT = 12;

  @TempDir Path folder;

  private TeacherSource vit() throws IOException {
    return TeacherSource.of(Files.write(folder.resolve("vit.onnx"), resource("vit-16.onnx")));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ReferenceTest.class.getResourceAsStream("/teacher/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static float[] kept() throws IOException {
    String[] lines = new String(resource("vit-16.txt"), UTF_8).strip().split("\\s+");
    float[] values = new float[lines.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(lines[i]);
    }
    return values;
  }

  /** Features and embeddings, 16 values each. */
  private static float[] said(TeacherEncoder teacher) {
    byte[] views = Alike.images(21, COUNT, teacher.inputSize());
    float[] features = teacher.features(views, COUNT).rows();
    float[] embeddings = teacher.embeddings(views, COUNT).rows();
    float[] all = Arrays.copyOf(features, features.length + embeddings.length);
    System.arraycopy(embeddings, 0, all, features.length, embeddings.length);
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "tf32", "bf16"})
  void saysWhatOnnxRuntimeSaid(String precision) throws Exception {
    if (precision.equals("tf32") && Alike.DEVICE.kind() != Device.Kind.CUDA) {
      return; // a GPU's
    }
    try (TeacherEncoder teacher = Alike.torch(vit(), OPTIONS, precision)) {
      float[] expected = kept();
      float[] actual = said(teacher);
      assertThat(actual).hasSameSizeAs(expected);
      for (int row = 0; row < actual.length; row += 16) {
        double cosine = 0;
        for (int i = row; i < row + 16; i++) {
          cosine += (double) actual[i] * expected[i];
        }
        assertThat(cosine)
            .isGreaterThanOrEqualTo(precision.equals("float32") ? Alike.FLOAT32 : Alike.BF16);
      }
    }
  }

  @Test
  void whatIsKeptIsWhatOnnxRuntimeSays() throws Exception {
    assumeTrue(
        ReferenceTest.class.getResource("/ai/onnxruntime/OrtEnvironment.class") != null,
        "no ONNX Runtime here");
    TeacherEngineOptions reference =
        new TeacherEngineOptions("onnxruntime", Device.CPU, "float32", 8);
    try (TeacherEncoder teacher = TeacherEngines.open(vit(), OPTIONS, reference)) {
      float[] said = said(teacher);
      String text =
          IntStream.range(0, said.length)
              .mapToObj(i -> Float.toString(said[i]))
              .collect(Collectors.joining("\n"));
      assertThat(kept())
          .as("or put this into vit-16.txt:%n%s", text)
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(said);
    }
  }
}
