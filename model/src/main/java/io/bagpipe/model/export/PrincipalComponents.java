package io.bagpipe.model.export;

import io.bagpipe.model.nativelib.NativeLibraries;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.teacher.TeacherCard;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The principal components of a teacher's features, as a part of the teacher's file: who fits them
 * does so once, and from then on every process that has the file has the same embedding, told apart
 * from any other by the file's digest. The features are brought to unit length, centred, and turned
 * to the directions in which those of a sample vary most; the embedding's length is left to who
 * reads it. Confined to one thread.
 */
public final class PrincipalComponents {
  private static final String EMBEDDING = "embedding";
  private static final long MAX_BYTES = Integer.MAX_VALUE;

  private final float[] mean;

  /** [features, values]. */
  private final float[] directions;

  private final int values;
  private final double kept;
  private final int sample;

  private PrincipalComponents(
      float[] mean, float[] directions, int values, double kept, int sample) {
    this.mean = mean;
    this.directions = directions;
    this.values = values;
    this.kept = kept;
    this.sample = sample;
  }

  /**
   * Fits.
   *
   * @param rows of unit length and this dimension, more than {@code values}
   * @param values components wanted, at most the dimension
   * @throws IllegalArgumentException if there are too few rows or features
   */
  public static PrincipalComponents fit(List<float[]> rows, int dimension, int values) {
    if (values < 1 || values > dimension || rows.size() <= values) {
      throw new IllegalArgumentException(
          values
              + " components of "
              + rows.size()
              + " images with "
              + dimension
              + " features; valid: at most the features, and more images than components");
    }
    NativeLibraries.prepare();
    double[] mean = new double[dimension];
    for (float[] row : rows) {
      for (int i = 0; i < dimension; i++) {
        mean[i] += row[i] / (double) rows.size();
      }
    }
    double total = 0;
    float[] directions = new float[Math.multiplyExact(dimension, values)];
    double largest = 0;
    try (INDArray covariance = Nd4j.createFromArray(covariance(rows, mean));
        INDArray eigenvalues = Eigen.symmetricGeneralizedEigenvalues(covariance, true)) {
      // ascending, the vectors in covariance's columns
      for (int i = 0; i < dimension; i++) {
        double value = Math.max(0, eigenvalues.getDouble(i));
        total += value;
        largest += i >= dimension - values ? value : 0;
      }
      for (int i = 0; i < dimension; i++) {
        for (int j = 0; j < values; j++) {
          directions[i * values + j] = (float) covariance.getDouble(i, dimension - 1 - j);
        }
      }
    }
    float[] centre = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      centre[i] = (float) mean[i];
    }
    return new PrincipalComponents(
        centre, directions, values, total > 0 ? largest / total : 0, rows.size());
  }

  private static double[][] covariance(List<float[]> rows, double[] mean) {
    int dimension = mean.length;
    double[][] sums = new double[dimension][dimension];
    double[] centred = new double[dimension];
    for (float[] row : rows) {
      for (int i = 0; i < dimension; i++) {
        centred[i] = row[i] - mean[i];
      }
      for (int i = 0; i < dimension; i++) {
        double factor = centred[i] / rows.size();
        double[] line = sums[i];
        for (int j = i; j < dimension; j++) {
          line[j] += factor * centred[j];
        }
      }
    }
    for (int i = 0; i < dimension; i++) {
      for (int j = 0; j < i; j++) {
        sums[i][j] = sums[j][i];
      }
    }
    return sums;
  }

  /** Share of the sample's variance that the components keep. */
  public double kept() {
    return kept;
  }

  /**
   * Writes a teacher's file with the components as its embedding. Protobuf's rule that two messages
   * one after the other are their union makes that an addition behind the file's own bytes, which
   * stay as they are; data beside the file ({@code external data}) is named there relatively, so
   * that the new file belongs beside the old one.
   *
   * @param teacher the ONNX file
   * @param features name of its features
   * @throws ModelFileException if the two together are larger than protobuf can hold
   */
  public void append(Path teacher, String features, OutputStream out) throws IOException {
    ProtoMessage addition = addition(features);
    if (Files.size(teacher) + addition.size() > MAX_BYTES) {
      throw new ModelFileException(
          teacher, "ONNX files end at 2 GiB, and there is no room for the components");
    }
    Files.copy(teacher, out);
    addition.writeTo(out);
  }

  private ProtoMessage addition(String features) {
    OnnxGraph graph = new OnnxGraph();
    int dimension = mean.length;
    String centre = graph.initialiser(new Tensor("pca.mean", new int[] {1, dimension}, mean));
    String matrix =
        graph.initialiser(new Tensor("pca.components", new int[] {dimension, values}, directions));
    graph.unitRows("pca.unit", features);
    graph.node("Sub", "pca.centred", List.of("pca.unit", centre));
    graph.node("MatMul", EMBEDDING, List.of("pca.centred", matrix));
    graph.output(EMBEDDING, values);
    ProtoMessage model = new ProtoMessage().message(7, graph.addition());
    return model
        .message(14, pair(TeacherCard.PROJECTION, "pca"))
        .message(14, pair("teacher.projection_images", Integer.toString(sample)));
  }

  private static ProtoMessage pair(String key, String value) {
    return new ProtoMessage().string(1, key).string(2, value);
  }
}
