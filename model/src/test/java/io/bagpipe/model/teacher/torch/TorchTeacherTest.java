package io.bagpipe.model.teacher.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.nativelib.NativeMemory;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherException;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchTeacherTest {
  private static final TeacherOptions OPTIONS = TeacherOptions.defaults(1);
  private static final TeacherSource FASHION = TeacherSource.parse("builtin:fashion-mnist");
  private static final int SIDE = 32;
  private static final int IMAGE = SIDE * SIDE * 3;

  @TempDir Path folder;

  /** A vision transformer by torchvision of two layers; see README.md beside it. */
  private static TeacherSource vit(int opset) throws URISyntaxException {
    String name = "/teacher/vit-" + opset + ".onnx";
    return TeacherSource.of(
        Path.of(Objects.requireNonNull(TorchTeacherTest.class.getResource(name)).toURI()));
  }

  @Test
  void theBuiltinTeacherSaysWhatItSaysInOnnxRuntime() {
    Alike.assertAlike(FASHION, OPTIONS);
    Alike.assertAlike(
        FASHION, OPTIONS.normalised(new float[] {0.1f, 0, 0}, new float[] {1, 0.9f, 1}));
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17})
  void aVisionTransformerSaysWhatItSaysInOnnxRuntime(int opset) throws Exception {
    Alike.assertAlike(vit(opset), OPTIONS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "bf16"})
  void anImagesBitsDoNotDependOnItsCompany(String precision) throws Exception {
    int count = 20;
    byte[] views = Alike.images(3, count, SIDE);
    for (TeacherSource source : new TeacherSource[] {FASHION, vit(16)}) {
      try (TeacherEncoder teacher = Alike.torch(source, OPTIONS, precision)) {
        float[] together = teacher.features(views, count).rows();
        int dimension = teacher.featureDimension();
        for (int image : new int[] {0, 1, 7, 8, 15, 19}) {
          for (int company : new int[] {1, 2, 13}) {
            int position = company - 1;
            byte[] other = Alike.images(5, company, SIDE);
            System.arraycopy(views, image * IMAGE, other, position * IMAGE, IMAGE);
            assertThat(row(teacher.features(other, company).rows(), position, dimension))
                .as("image %d in a company of %d", image, company)
                .isEqualTo(row(together, image, dimension));
          }
        }
        assertThat(row(together, 0, dimension)).isNotEqualTo(row(together, 1, dimension));
      }
    }
  }

  private static float[] row(float[] rows, int row, int dimension) {
    return Arrays.copyOfRange(rows, row * dimension, (row + 1) * dimension);
  }

  @Test
  void passesLeaveNothingBehind() throws Exception {
    byte[] views = Alike.images(1, 3, SIDE);
    long before = Pointer.totalCount();
    try (TeacherEncoder teacher = Alike.torch(vit(17), OPTIONS, "bf16")) {
      passes(teacher, views, 100);
      long count = Pointer.totalCount();
      long bytes = Pointer.totalBytes();
      long resident = NativeMemory.residentBytes();

      passes(teacher, views, 1000);

      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
      assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(bytes);
      // a pass that lost one activation (4 images, 17 places, 16 values) would lose 4 MB: handles
      // are counted above, this is for what they hold
      assertThat(NativeMemory.residentBytes() - resident).isLessThan(64 << 20);
    }
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  private static void passes(TeacherEncoder teacher, byte[] views, int passes) {
    for (int i = 0; i < passes; i++) {
      teacher.features(views, 3);
    }
  }

  @Test
  void aTeacherThatCannotBeReadLeavesNothingBehindEither() throws Exception {
    TeacherSource source = unknown();
    long before = Pointer.totalCount();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> Alike.torch(source, OPTIONS, "float32"))
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("node Round /odd: libtorch's engine does not know this operator")
          .hasMessageContaining("teacher.engine onnxruntime")
          .message()
          .doesNotContain("\n");
    }
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
  }

  @Test
  void whatTorchCannotReadRunsOnOnnxRuntimeWhereThatIsLeftToUs() throws Exception {
    TeacherSource source = unknown();
    try (TeacherEncoder teacher =
        TeacherEngines.open(source, OPTIONS, TeacherEngineOptions.DEFAULT)) {
      assertThat(teacher).hasToString("onnxruntime, cpu, float32");
    }
    TeacherEngineOptions bf16 = new TeacherEngineOptions("auto", Device.AUTO, "bf16", 8);
    assertThatThrownBy(() -> TeacherEngines.open(source, OPTIONS, bf16))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("node Round /odd")
        .hasMessageContaining("set teacher.precision to float32");
  }

  private TeacherSource unknown() throws Exception {
    byte[] file =
        new OpGraph(17)
            .node("/odd", "Round", "pixels", "y")
            .node("GlobalAveragePool", "y", "features4")
            .flat("features4")
            .bytes();
    return TeacherSource.of(Files.write(folder.resolve("odd.onnx"), file));
  }

  @Test
  void saysWhatRunsIt() throws Exception {
    try (TeacherEncoder teacher = Alike.torch(vit(16), OPTIONS, "bf16")) {
      assertThat(teacher).hasToString("torch, " + Alike.DEVICE + ", bf16");
    }
  }

  @Test
  void refusesWhatIsNoSuchTeacherAsOnnxRuntimeDoes() throws Exception {
    TeacherOptions others =
        new TeacherOptions("", "pooled", "embedding", 0, 8, 1, OPTIONS.mean(), OPTIONS.std());
    assertThatThrownBy(() -> Alike.torch(vit(16), others, "float32"))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("outputs [embedding, features]; needed: pooled and embedding");
    Path text = Files.writeString(folder.resolve("teacher.onnx"), "not a network");
    assertThatThrownBy(() -> Alike.torch(TeacherSource.of(text), OPTIONS, "float32"))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("it is no ONNX file");
  }
}
