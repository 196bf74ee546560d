package io.bagpipe.model.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionTest {
  private static final float[] EXPECTED = {
    0.8968508f,
    -0.44233316f,
    0.07392331f,
    0.9972639f,
    -0.6187482f,
    0.7855894f,
    0.98112035f,
    0.19339827f
  };

  @TempDir Path folder;

  /** The unit vectors of a space, as rows. */
  private static UnitRows axes(int dimension) {
    UnitRows rows = new UnitRows("features", dimension, dimension);
    for (int i = 0; i < dimension; i++) {
      float[] axis = new float[dimension];
      axis[i] = 2;
      rows.take(i, axis, 0);
    }
    return rows;
  }

  @Test
  void allValuesOfItTurnAndKeepEveryAngle() {
    int n = 12;
    float[] turned = Projection.orthogonal(5, n, n).apply(axes(n), n).rows();

    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double dot = 0;
        for (int c = 0; c < n; c++) {
          dot += turned[i * n + c] * turned[j * n + c];
        }
        assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-6));
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsAndAnotherGivesOthers() {
    float[] rows = Projection.orthogonal(1, 4, 2).apply(axes(4), 4).rows();

    assertThat(rows)
        .as("another map would mix two embeddings in one service after an upgrade")
        .containsExactly(EXPECTED);
    assertThat(Projection.orthogonal(1, 4, 2).apply(axes(4), 4).rows()).isEqualTo(rows);
    assertThat(Projection.orthogonal(2, 4, 2).apply(axes(4), 4).rows()).isNotEqualTo(rows);
  }

  @Test
  void aTeacherOfOneOutputIsProjectedAndWhatItRefusesStaysRefused() throws IOException {
    TinyOnnx tiny = new TinyOnnx();
    tiny.single = true;
    TeacherSource source =
        TeacherSource.of(Files.write(folder.resolve("single.onnx"), tiny.bytes()));
    TeacherOptions options = TeacherOptions.defaults(1);
    byte[] views = new byte[2 * 48];
    Arrays.fill(views, 48, 96, (byte) 9);
    views[48] = 120;

    try (OnnxTeacher alone = OnnxTeacher.open(source, options);
        TeacherEncoder projected =
            new ProjectedTeacher(
                OnnxTeacher.open(source, options.featuresOnly()), Projection.orthogonal(1, 3, 2))) {
      assertThat(alone.embeddingDimension()).isEqualTo(3);
      assertThat(alone.embeddings(views, 2).rows()).isEqualTo(alone.features(views, 2).rows());
      assertThat(projected.embeddingDimension()).isEqualTo(2);
      assertThat(projected.features(views, 2).rows()).isEqualTo(alone.features(views, 2).rows());
      UnitRows rows = projected.embeddings(views, 2);
      assertThat(rows.refused()).containsOnlyKeys(0);
      assertThat(rows.refused().get(0)).contains("features has length 0");
      assertThat(Math.hypot(rows.rows()[2], rows.rows()[3])).isCloseTo(1, within(1e-6));
      byte[] alonePixels = Arrays.copyOfRange(views, 48, 96);
      assertThat(projected.embeddings(alonePixels, 1).rows())
          .isEqualTo(Arrays.copyOfRange(rows.rows(), 2, 4));
    }
    TeacherOptions misspelt =
        new TeacherOptions("", "features", "z", 0, 1, 1, options.mean(), options.std());
    assertThatThrownBy(() -> OnnxTeacher.open(source, misspelt))
        .hasMessageContaining("outputs [features]; needed: features and z");
    assertThatThrownBy(() -> Projection.orthogonal(1, 3, 4))
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("set train.embedding to at most 3");
  }
}
