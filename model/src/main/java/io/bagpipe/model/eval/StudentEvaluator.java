package io.bagpipe.model.eval;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.NotFiniteException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates pooled features, in evaluation mode, on index views: a student's, or those of the
 * teacher that it is held against. What is kept is the queries' features, their nearest neighbours
 * so far, a tile of the bank's features and the sums of the linear probe: memory does not grow with
 * the size of a view, nor, beyond the tile, with that of the bank. Confined to the encoder's
 * thread; the encoder stays its maker's.
 */
public final class StudentEvaluator {
  /** Of the queries' features and neighbours, on the heap. */
  private static final long MOST_QUERY_BYTES = 512L << 20;

  private final FeatureEncoder encoder;
  private final KnnClassifier knn;
  private final int batch;
  private final int tileRows;

  /**
   * An evaluator.
   *
   * @param batch images a pass through the engine; best the number that it was made for
   */
  public StudentEvaluator(StudentEngine engine, KnnClassifier knn, int batch) {
    this(engine, knn, batch, 0);
  }

  /**
   * An evaluator of what any encoder makes of the images.
   *
   * @param batch images a call of it
   */
  public StudentEvaluator(FeatureEncoder encoder, KnnClassifier knn, int batch) {
    this(encoder, knn, batch, 0);
  }

  /**
   * @param tileRows rows of the bank that are searched at once, 0 for what memory allows
   */
  StudentEvaluator(StudentEngine engine, KnnClassifier knn, int batch, int tileRows) {
    this(FeatureEncoder.of(engine), knn, batch, tileRows);
  }

  private StudentEvaluator(FeatureEncoder encoder, KnnClassifier knn, int batch, int tileRows) {
    if (batch < 1) {
      throw new IllegalArgumentException("evaluation batch " + batch + "; valid: 1 or more");
    }
    this.encoder = encoder;
    this.knn = knn;
    this.batch = batch;
    this.tileRows = tileRows;
  }

  /**
   * The most queries that may be judged by a student of so many features.
   *
   * @param k neighbours of each that vote
   */
  public static int mostQueries(int dimension, int k) {
    return (int) Math.min(Integer.MAX_VALUE / k, MOST_QUERY_BYTES / (4L * dimension + 8L * k));
  }

  /**
   * kNN and the fast linear probe of the queries in the bank, and the queries' label-free
   * statistics.
   *
   * @return null when the watch ended it
   * @throws NotFiniteException when a feature is not finite
   * @throws EvaluationException when no image of either can be read
   */
  public @Nullable Evaluation evaluate(
      LabelledViews bank, LabelledViews queries, EvaluationWatch watch) {
    int dimension = encoder.dimension();
    long all = (long) bank.count() + queries.count();
    List<float[]> judged = new ArrayList<>(queries.count());
    Labels truth = new Labels();
    if (!pass(
        queries,
        (row, label) -> {
          judged.add(row);
          truth.add(label);
        },
        done -> watch.goOn(done, all))) {
      return null;
    }
    int tile = tileRows > 0 ? tileRows : NeighbourScan.tileRows(bank.count(), dimension);
    Labels votes = new Labels();
    RidgeProbe linear = new RidgeProbe(dimension);
    try (NeighbourScan scan = new NeighbourScan(judged, dimension, knn.k(), false, tile)) {
      if (!pass(
          bank,
          (row, label) -> {
            scan.add(row);
            linear.add(row, label);
            votes.add(label);
          },
          done -> watch.goOn(queries.count() + done, all))) {
        return null;
      }
      return new Evaluation(
          share(knn.vote(scan.end(), votes.all()), truth.all()),
          share(answers(linear.solve(), judged), truth.all()),
          FeatureStatistics.rankMe(judged, dimension),
          FeatureStatistics.meanStandardDeviation(judged, dimension),
          votes.count,
          judged.size());
    }
  }

  private boolean pass(LabelledViews views, FeaturePass.Rows rows, FeaturePass.Going going) {
    return new FeaturePass(encoder, batch, views, rows, going).run();
  }

  /** The class of the highest score, the lower one of equal ones. */
  private static int[] answers(LinearClassifier linear, List<float[]> rows) {
    int[] answers = new int[rows.size()];
    for (int i = 0; i < answers.length; i++) {
      double[] scores = linear.scores(rows.get(i));
      for (int label = 1; label < scores.length; label++) {
        answers[i] = scores[label] > scores[answers[i]] ? label : answers[i];
      }
    }
    return answers;
  }

  /** Part of the answers that are right, [0, 1]. */
  private static double share(int[] answers, int[] truth) {
    int right = 0;
    for (int i = 0; i < answers.length; i++) {
      right += answers[i] == truth[i] ? 1 : 0;
    }
    return right / (double) answers.length;
  }

  /** Labels as they come. */
  private static final class Labels {
    private int[] labels = new int[1024];
    private int count;

    void add(int label) {
      if (count == labels.length) {
        labels = Arrays.copyOf(labels, 2 * count);
      }
      labels[count++] = label;
    }

    int[] all() {
      return Arrays.copyOf(labels, count);
    }
  }
}
