package io.bagpipe.model.eval;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one batch of a student in training says of it, without any label: by name, so that events
 * and metrics need not know them. Of a batch of n a rank is at most n, so that a student's is to be
 * read beside its teacher's of the same images.
 *
 * <table>
 * <caption>Measures</caption>
 * <tr><td>feature_rank</td><td>RankMe of the pooled features</td></tr>
 * <tr><td>head_rank</td><td>RankMe of the head's outputs, as unit rows</td></tr>
 * <tr><td>head_spread</td><td>mean standard deviation of a dimension of those, times √dimension: 1
 * spread evenly, 0 collapsed</td></tr>
 * <tr><td>teacher_rank, teacher_spread</td><td>the same of the teacher's embeddings</td></tr>
 * <tr><td>neighbour_agreement</td><td>images whose nearest other image of the batch is the same for
 * student's head and teacher; by chance 1 / (n - 1)</td></tr>
 * </table>
 */
public final class BatchMeasures {
  public static final String FEATURE_RANK = "feature_rank";
  public static final String HEAD_RANK = "head_rank";
  public static final String HEAD_SPREAD = "head_spread";
  public static final String TEACHER_RANK = "teacher_rank";
  public static final String TEACHER_SPREAD = "teacher_spread";
  public static final String AGREEMENT = "neighbour_agreement";

  private BatchMeasures() {}

  /**
   * Measures a batch.
   *
   * @param features [batch, any] the student's pooled features
   * @param outputs [batch, dimension] of its head, not normalised
   * @param teacher [batch, dimension] the teacher's embeddings of the same images; null without
   * @param batch images, 2 or more
   */
  public static Map<String, Double> of(
      float[] features, float[] outputs, float @Nullable [] teacher, int batch) {
    int dimension = outputs.length / batch;
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put(FEATURE_RANK, rank(features, batch));
    measures.put(HEAD_RANK, rank(unit(outputs, dimension), batch));
    measures.put(HEAD_SPREAD, spread(outputs, dimension));
    if (teacher != null) {
      measures.put(TEACHER_RANK, rank(teacher, batch));
      measures.put(TEACHER_SPREAD, spread(teacher, dimension));
      measures.put(
          AGREEMENT,
          FeatureStatistics.neighbourAgreement(
              outputs, dimension, teacher, teacher.length / batch));
    }
    return measures;
  }

  /** Of the transposed matrix where that is narrower: it has the same singular values. */
  private static double rank(float[] rows, int batch) {
    int dimension = rows.length / batch;
    if (dimension <= batch) {
      return FeatureStatistics.rankMe(FeatureRows.of(rows, dimension), dimension);
    }
    float[] transposed = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      transposed[i % dimension * batch + i / dimension] = rows[i];
    }
    return FeatureStatistics.rankMe(FeatureRows.of(transposed, batch), batch);
  }

  private static float[] unit(float[] rows, int dimension) {
    float[] unit = new float[rows.length];
    int at = 0;
    for (float[] row : FeatureRows.of(rows, dimension)) {
      System.arraycopy(FeatureRows.unit(row), 0, unit, at, dimension);
      at += dimension;
    }
    return unit;
  }

  private static double spread(float[] rows, int dimension) {
    return FeatureStatistics.meanStandardDeviation(FeatureRows.of(rows, dimension), dimension)
        * Math.sqrt(dimension);
  }
}
