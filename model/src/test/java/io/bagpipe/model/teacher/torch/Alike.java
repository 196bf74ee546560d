package io.bagpipe.model.teacher.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.engine.Device;
import io.bagpipe.model.engine.EngineOptions;
import io.bagpipe.model.teacher.TeacherEncoder;
import io.bagpipe.model.teacher.TeacherEngineOptions;
import io.bagpipe.model.teacher.TeacherEngines;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.model.teacher.UnitRows;
import java.util.Random;

/**
 * Compares the engine {@code torch} with ONNX Runtime on the same file and images. On the CPU, in
 * every build; {@code -Dbagpipe.torch.device=cuda} takes it to a GPU.
 */
public final class Alike {
  public static final Device DEVICE = Device.of(System.getProperty("bagpipe.torch.device", "cpu"));

  /** As small as a cosine may be. */
  public static final double FLOAT32 = 0.9999;

  public static final double BF16 = 0.999;

  private static final int COUNT = 11;

  private Alike() {}

  /** The engine under test. */
  public static TeacherEncoder torch(
      TeacherSource source, TeacherOptions options, String precision) {
    return TeacherEngines.open(
        source, options, new TeacherEngineOptions("torch", DEVICE, precision, options.chunk()));
  }

  /** Both precisions of a file, both outputs. */
  public static void assertAlike(TeacherSource source, TeacherOptions options) {
    assertAlike(source, options, EngineOptions.FLOAT32, FLOAT32);
    assertAlike(source, options, "bf16", BF16);
  }

  public static void assertAlike(
      TeacherSource source, TeacherOptions options, String precision, double least) {
    TeacherEngineOptions reference =
        new TeacherEngineOptions("onnxruntime", Device.CPU, EngineOptions.FLOAT32, 8);
    try (TeacherEncoder expected = TeacherEngines.open(source, options, reference);
        TeacherEncoder actual = torch(source, options, precision)) {
      assertThat(actual.inputSize()).isEqualTo(expected.inputSize());
      byte[] views = images(7, COUNT, actual.inputSize());
      assertAlike(
          "features",
          actual.features(views, COUNT),
          expected.features(views, COUNT),
          actual.featureDimension(),
          least);
      assertAlike(
          "embedding in " + precision,
          actual.embeddings(views, COUNT),
          expected.embeddings(views, COUNT),
          actual.embeddingDimension(),
          least);
    }
  }

  private static void assertAlike(
      String what, UnitRows actual, UnitRows expected, int dimension, double least) {
    assertThat(expected.rows()).hasSize(COUNT * dimension);
    assertThat(actual.rows()).hasSize(COUNT * dimension);
    assertThat(actual.refused().keySet()).isEqualTo(expected.refused().keySet());
    for (int row = 0; row < COUNT; row++) {
      if (!expected.refused().containsKey(row)) {
        double cosine = 0;
        for (int i = row * dimension; i < (row + 1) * dimension; i++) {
          cosine += (double) actual.rows()[i] * expected.rows()[i];
        }
        assertThat(cosine).as("cosine of %s, row %d", what, row).isGreaterThanOrEqualTo(least);
      }
    }
  }

  /** Random blocks, so that an image has forms. */
  public static byte[] images(long seed, int count, int side) {
    Random random = new Random(seed);
    byte[] pixels = new byte[count * side * side * 3];
    for (int image = 0; image < count; image++) {
      byte[] colours = new byte[48];
      random.nextBytes(colours);
      for (int i = 0; i < side * side; i++) {
        int block = i / side * 4 / side * 4 + i % side * 4 / side;
        for (int c = 0; c < 3; c++) {
          pixels[(image * side * side + i) * 3 + c] =
              (byte) (colours[block * 3 + c] + random.nextInt(17) - 8);
        }
      }
    }
    return pixels;
  }
}
