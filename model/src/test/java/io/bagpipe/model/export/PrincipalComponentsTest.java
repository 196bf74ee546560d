package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Stem;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrincipalComponentsTest {
  private static final int SIZE = 32;

  @TempDir Path folder;

  private static float[] unit(float[] row) {
    double squares = 0;
    for (float value : row) {
      squares += (double) value * value;
    }
    float[] unit = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      unit[i] = (float) (row[i] / Math.sqrt(squares));
    }
    return unit;
  }

  @Test
  void aFileWithComponentsHasUncorrelatedEmbeddingsLargestFirstAndItsOldFeatures()
      throws Exception {
    Student student = Students.of(Family.RESNET18, 2, Stem.CIFAR, SIZE);
    byte[] onnx = OnnxModelTest.onnx(student, false);
    Path file = Files.write(folder.resolve("teacher.onnx"), onnx);
    int count = 64;
    float[] pixels = new float[count * 3 * SIZE * SIZE];
    Random random = new Random(4);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat() * (1 + i / (3 * SIZE * SIZE) % 3) / 3;
    }
    float[][] features = OnnxRuntimeRun.run(onnx, pixels, count, SIZE).outputs().get("features");
    int dimension = features[0].length;
    List<float[]> rows = new ArrayList<>();
    for (float[] row : features) {
      rows.add(unit(row));
    }

    PrincipalComponents fitted = PrincipalComponents.fit(rows, dimension, 4);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    fitted.append(file, "features", out);
    var run = OnnxRuntimeRun.run(out.toByteArray(), pixels, count, SIZE);

    assertThat(run.outputs().get("features")).isDeepEqualTo(features);
    assertThat(run.metadata())
        .containsEntry("teacher.projection", "pca")
        .containsEntry("teacher.projection_images", "64")
        .containsEntry("image.size", "32");
    float[][] embedding = run.outputs().get("embedding");
    assertThat(embedding).hasDimensions(count, 4);
    double[][] covariance = new double[4][4];
    double total = 0;
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          covariance[i][j] += (double) embedding[row][i] * embedding[row][j] / count;
        }
      }
    }
    double[] mean = new double[dimension];
    rows.forEach(
        row -> {
          for (int i = 0; i < dimension; i++) {
            mean[i] += row[i] / count;
          }
        });
    for (float[] row : rows) {
      for (int i = 0; i < dimension; i++) {
        total += Math.pow(row[i] - mean[i], 2) / count;
      }
    }
    double kept = 0;
    for (int i = 0; i < 4; i++) {
      kept += covariance[i][i];
      for (int j = 0; j < i; j++) {
        assertThat(Math.abs(covariance[i][j])).isLessThan(1e-4 * covariance[0][0]);
      }
      assertThat(i == 0 || covariance[i][i] <= covariance[i - 1][i - 1]).isTrue();
    }
    assertThat(fitted.kept()).isCloseTo(kept / total, within(1e-3)).isBetween(0.5, 1.0);
  }

  @Test
  void tooFewImagesOrFeaturesAreRefused() {
    List<float[]> rows = List.of(new float[] {1, 0}, new float[] {0, 1}, new float[] {1, 0});

    assertThatThrownBy(() -> PrincipalComponents.fit(rows, 2, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PrincipalComponents.fit(rows.subList(0, 2), 2, 2))
        .hasMessageContaining("more images than components");
  }
}
