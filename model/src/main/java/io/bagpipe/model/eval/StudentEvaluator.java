package io.bagpipe.model.eval;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.NotFiniteException;
import java.util.Arrays;

/**
 * Evaluates a student's pooled features, in evaluation mode, on index views. Confined to the
 * engine's thread; the engine stays its maker's.
 */
public final class StudentEvaluator {
  private final StudentEngine engine;
  private final KnnClassifier knn;
  private final int batch;

  /**
   * An evaluator.
   *
   * @param batch images a pass through the engine
   */
  public StudentEvaluator(StudentEngine engine, KnnClassifier knn, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("evaluation batch " + batch + "; valid: 1 or more");
    }
    this.engine = engine;
    this.knn = knn;
    this.batch = batch;
  }

  /**
   * kNN of the queries in the bank, and the queries' label-free statistics.
   *
   * @throws NotFiniteException when a feature is not finite
   */
  public Evaluation evaluate(LabelledViews bank, LabelledViews queries) {
    float[] bankFeatures = features(bank.views(), bank.count());
    float[] queryFeatures = features(queries.views(), queries.count());
    int dimension = engine.featureDimension();
    return new Evaluation(
        knn.top1(bankFeatures, bank.labels(), queryFeatures, queries.labels(), dimension),
        FeatureStatistics.rankMe(queryFeatures, dimension),
        FeatureStatistics.meanStandardDeviation(queryFeatures, dimension),
        bank.count(),
        queries.count());
  }

  /**
   * The student's features, not normalised.
   *
   * @param views uint8 [count, size, size, 3]
   * @return [count, featureDimension]
   */
  public float[] features(byte[] views, int count) {
    int image = engine.inputSize() * engine.inputSize() * 3;
    if (views.length != (long) count * image) {
      throw new IllegalArgumentException(
          count + " views of " + views.length + " bytes; valid: " + image + " bytes each");
    }
    int dimension = engine.featureDimension();
    float[] features = new float[Math.multiplyExact(count, dimension)];
    for (int from = 0; from < count; from += batch) {
      int taken = Math.min(batch, count - from);
      byte[] pixels = Arrays.copyOfRange(views, from * image, (from + taken) * image);
      System.arraycopy(
          engine.features(pixels, taken), 0, features, from * dimension, taken * dimension);
    }
    for (int i = 0; i < features.length; i++) {
      if (!Float.isFinite(features[i])) {
        throw new NotFiniteException(
            "the student's feature of image " + i / dimension + " holds " + features[i]);
      }
    }
    return features;
  }
}
