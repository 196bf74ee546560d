package io.bagpipe.model.teacher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTeacherTest {
  private static final TeacherOptions OPTIONS = TeacherOptions.defaults(2);
  private static final TeacherSource FASHION = TeacherSource.parse("builtin:fashion-mnist");
  private static final int IMAGE = 32 * 32 * 3;

  @TempDir Path folder;

  private static byte[] images(long seed, int count) {
    byte[] pixels = new byte[count * IMAGE];
    new Random(seed).nextBytes(pixels);
    return pixels;
  }

  @Test
  void theBuiltinTeacherGivesUnitVectors() {
    try (OnnxTeacher teacher = OnnxTeacher.open(FASHION, OPTIONS)) {
      assertThat(teacher.inputSize()).isEqualTo(32);
      assertThat(teacher.featureDimension()).isEqualTo(256);
      assertThat(teacher.embeddingDimension()).isEqualTo(128);
      TeacherOutput output = TeacherOutput.of(teacher, images(1, 5), images(2, 5), 5);
      assertUnitRows(output.features(), 5, 256);
      assertUnitRows(output.embeddings(), 5, 128);
      assertThat(TeacherOutput.of(teacher, new byte[0], new byte[0], 0).features()).isEmpty();
    }
  }

  private static void assertUnitRows(float[] rows, int count, int dimension) {
    assertThat(rows).hasSize(count * dimension);
    for (int row = 0; row < count; row++) {
      double squares = 0;
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        squares += (double) rows[i] * rows[i];
      }
      assertThat(squares).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void anImagesBitsDoNotDependOnItsCompany() {
    int count = 70;
    byte[] index = images(3, count);
    byte[] keys = images(4, count);
    try (OnnxTeacher teacher = OnnxTeacher.open(FASHION, OPTIONS)) {
      TeacherOutput together = TeacherOutput.of(teacher, index, keys, count);
      for (int image : new int[] {0, 1, 7, 31, 32, 63, 64, 69}) {
        for (int company : new int[] {1, 2, 33}) {
          int position = company - 1;
          byte[] otherIndex = images(5, company);
          byte[] otherKeys = images(6, company);
          System.arraycopy(index, image * IMAGE, otherIndex, position * IMAGE, IMAGE);
          System.arraycopy(keys, image * IMAGE, otherKeys, position * IMAGE, IMAGE);
          TeacherOutput moved = TeacherOutput.of(teacher, otherIndex, otherKeys, company);
          assertThat(row(moved.features(), position, 256))
              .as("image %d in a company of %d", image, company)
              .isEqualTo(row(together.features(), image, 256));
          assertThat(row(moved.embeddings(), position, 128))
              .isEqualTo(row(together.embeddings(), image, 128));
        }
      }
      assertThat(row(together.features(), 0, 256)).isNotEqualTo(row(together.features(), 1, 256));
    }
  }

  private static float[] row(float[] rows, int row, int dimension) {
    return Arrays.copyOfRange(rows, row * dimension, (row + 1) * dimension);
  }

  @Test
  void featuresAreOfIndexViewsAndEmbeddingsOfKeyViewsWithChannelsInTheirPlaces()
      throws IOException {
    byte[] index = flat(1, 255, 0, 0);
    byte[] keys = flat(1, 0, 51, 102);
    try (OnnxTeacher teacher = OnnxTeacher.open(write(tiny -> {}), OPTIONS)) {
      TeacherOutput output = TeacherOutput.of(teacher, index, keys, 1);
      assertThat(output.features()).containsExactly(1, 0, 0);
      double length = Math.sqrt(0.2 * 0.2 + 0.4 * 0.4);
      assertThat(output.embeddings()[1]).isCloseTo((float) (0.2 / length), within(1e-6f));
      assertThat(output.embeddings()[2]).isCloseTo((float) (0.4 / length), within(1e-6f));
    }
  }

  @Test
  void normalisesPixelsForATeacherThatExpectsIt() throws IOException {
    TeacherOptions options =
        OPTIONS.normalised(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.5f, 0.25f, 0.125f});
    try (OnnxTeacher teacher = OnnxTeacher.open(write(tiny -> {}), options)) {
      float[] features =
          TeacherOutput.of(teacher, flat(1, 255, 255, 255), flat(1, 0, 0, 0), 1).features();
      assertThat(features[1] / features[0]).isCloseTo(2, within(1e-5f));
      assertThat(features[2] / features[0]).isCloseTo(4, within(1e-5f));
    }
  }

  /** 4×4 images of one colour. */
  private static byte[] flat(int count, int red, int green, int blue) {
    byte[] pixels = new byte[count * 48];
    for (int i = 0; i < pixels.length; i += 3) {
      pixels[i] = (byte) red;
      pixels[i + 1] = (byte) green;
      pixels[i + 2] = (byte) blue;
    }
    return pixels;
  }

  @Test
  void anImageWithoutADirectionIsRefusedByItsRowAndSpoilsNoOther() throws IOException {
    byte[] index = flat(20, 9, 9, 9);
    byte[] keys = flat(20, 1, 1, 1);
    try (OnnxTeacher teacher = OnnxTeacher.open(write(tiny -> {}), OPTIONS)) {
      TeacherOutput whole = TeacherOutput.of(teacher, index, keys, 20);
      assertThat(whole.complete()).isSameAs(whole);
      Arrays.fill(index, 48, 96, (byte) 0);
      Arrays.fill(index, 11 * 48, 12 * 48, (byte) 0);
      Arrays.fill(keys, 11 * 48, 13 * 48, (byte) 0);

      TeacherOutput output = TeacherOutput.of(teacher, index, keys, 20);

      assertThat(output.refused().keySet()).containsExactly(1, 11, 12);
      assertThat(output.refused().get(1)).contains("teacher's features has length 0");
      assertThat(output.refused().get(11)).contains("features has", "; ", "embedding has");
      assertThat(output.refused().get(12)).contains("teacher's embedding has length 0");
      for (int row : new int[] {0, 2, 10, 13, 19}) {
        assertThat(row(output.features(), row, 3)).isEqualTo(row(whole.features(), row, 3));
        assertThat(row(output.embeddings(), row, 3)).isEqualTo(row(whole.embeddings(), row, 3));
      }
      assertThatThrownBy(output::complete)
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("image 1 (one of 3 refused): the teacher's features has length 0");
    }
  }

  @Test
  void refusesWhatIsNotFiniteAndEveryImageWhenItMust() throws IOException {
    TeacherOptions overflowing =
        OPTIONS.normalised(new float[] {0, 0, 0}, new float[] {1e-38f, 1e-38f, 1e-38f});
    try (OnnxTeacher teacher = OnnxTeacher.open(write(tiny -> {}), overflowing)) {
      TeacherOutput output = TeacherOutput.of(teacher, flat(2, 255, 255, 255), flat(2, 0, 0, 0), 2);
      assertThat(output.refused().keySet()).containsExactly(0, 1);
      assertThat(output.refused().get(0)).contains("features has length Infinity");
    }
  }

  @Test
  void imagesOfAnotherSizeAreTheCallersMistake() throws IOException {
    try (OnnxTeacher teacher = OnnxTeacher.open(write(tiny -> {}), OPTIONS)) {
      assertThatThrownBy(() -> TeacherOutput.of(teacher, flat(2, 1, 1, 1), flat(3, 1, 1, 1), 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("48 bytes an image");
    }
  }

  @Test
  void takesASizeThatTheFileLeavesOpenFromTheConfiguration() throws IOException {
    TeacherSource open = write(tiny -> tiny.shape = new int[] {0, 3, 0, 0});
    assertThatThrownBy(() -> OnnxTeacher.open(open, OPTIONS)).hasMessageContaining("any size");
    TeacherOptions sized =
        new TeacherOptions(
            "pixels", "features", "embedding", 8, 4, 1, OPTIONS.mean(), OPTIONS.std());
    try (OnnxTeacher teacher = OnnxTeacher.open(open, sized)) {
      assertThat(teacher.inputSize()).isEqualTo(8);
    }
  }

  @Test
  void takesTheOnlyInputWhateverItsNameUnlessOneIsNamed() throws IOException {
    TeacherSource other = write(tiny -> tiny.input = "image");
    byte[] index = flat(2, 9, 3, 1);
    byte[] keys = flat(2, 1, 2, 3);
    try (OnnxTeacher teacher = OnnxTeacher.open(other, OPTIONS);
        OnnxTeacher usual = OnnxTeacher.open(write(tiny -> {}), OPTIONS)) {
      assertThat(TeacherOutput.of(teacher, index, keys, 2).features())
          .isEqualTo(TeacherOutput.of(usual, index, keys, 2).features());
    }
    TeacherOptions named =
        new TeacherOptions(
            "pixels", "features", "embedding", 0, 4, 1, OPTIONS.mean(), OPTIONS.std());
    assertThatThrownBy(() -> OnnxTeacher.open(other, named))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("inputs [image]; needed: one, pixels");
  }

  @Test
  void runsAFileOfAFixedBatch() throws IOException {
    TeacherSource fixed = write(tiny -> tiny.shape = new int[] {3, 3, 4, 4});
    try (OnnxTeacher teacher = OnnxTeacher.open(fixed, OPTIONS)) {
      TeacherOutput output = TeacherOutput.of(teacher, flat(7, 0, 3, 0), flat(7, 1, 1, 1), 7);
      assertThat(row(output.features(), 6, 3)).containsExactly(0, 1, 0);
    }
  }

  @Test
  void refusesAFileThatIsNoSuchTeacherInOneClearLine() throws IOException {
    refused(tiny -> tiny.features = "pooled", "outputs [embedding, pooled]; needed: features");
    refused(tiny -> tiny.embedding = "z", "outputs [features, z]; needed: features and embedding");
    refused(tiny -> tiny.type = TinyOnnx.DOUBLE, "input pixels of DOUBLE; needed: float32");
    refused(tiny -> tiny.keepDimensions = true, "output features of shape [-1, 3, 1, 1]");
    refused(tiny -> tiny.shape = new int[] {0, 4, 4, 3}, "needed: [n, 3, side, side]");
    refused(tiny -> tiny.shape = new int[] {0, 3, 4, 8}, "needed: [n, 3, side, side]");
  }

  private void refused(Consumer<TinyOnnx> change, String why) throws IOException {
    TeacherSource source = write(change);
    assertThatThrownBy(() -> OnnxTeacher.open(source, OPTIONS))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining(source.name())
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesWhatIsNoFileOrNoOnnx() throws IOException {
    Path text = Files.writeString(folder.resolve("teacher.onnx"), "not a network");
    assertThatThrownBy(() -> OnnxTeacher.open(TeacherSource.of(text), OPTIONS))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("cannot load teacher " + text);
    assertThatThrownBy(() -> TeacherSource.parse(folder.resolve("none.onnx").toString()))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("no teacher at");
    assertThatThrownBy(() -> TeacherSource.parse("builtin:imagenet"))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("builtin:fashion-mnist");
  }

  @Test
  void tellsTeachersApartByTheirBytes() throws IOException {
    assertThat(FASHION.sha256())
        .isEqualTo(TeacherSource.parse("builtin:fashion-mnist").sha256())
        .hasSize(64);
    assertThat(write(tiny -> {}).sha256())
        .isNotEqualTo(write(tiny -> tiny.input = "other").sha256());
  }

  @Test
  void opensUnderACommandLineThatOverflowsAnOrdinaryStack() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dpadding=" + "x".repeat(60_000),
                Opens.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output).contains("teacher of 256 and 128");
  }

  /** The process of the test above. */
  static final class Opens {
    private Opens() {}

    public static void main(String[] arguments) {
      try (OnnxTeacher teacher = OnnxTeacher.open(FASHION, OPTIONS)) {
        System.out.println(
            "teacher of " + teacher.featureDimension() + " and " + teacher.embeddingDimension());
      }
    }
  }

  private TeacherSource write(Consumer<TinyOnnx> change) throws IOException {
    TinyOnnx tiny = new TinyOnnx();
    change.accept(tiny);
    Path file = Files.createTempFile(folder, "tiny", ".onnx");
    return TeacherSource.of(Files.write(file, tiny.bytes()));
  }
}
