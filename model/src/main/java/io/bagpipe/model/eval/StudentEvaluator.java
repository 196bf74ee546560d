package io.bagpipe.model.eval;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.NotFiniteException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a student's pooled features, in evaluation mode, on index views. What is kept is the
 * queries' features, their nearest neighbours so far, and a tile of the bank's features: memory
 * does not grow with the size of a view, nor, beyond the tile, with that of the bank. Confined to
 * the engine's thread; the engine stays its maker's.
 */
public final class StudentEvaluator {
  /** Of the queries' features and neighbours, on the heap. */
  private static final long MOST_QUERY_BYTES = 512L << 20;

  /** Images after which a pass begins anew, so that a pass holds the same ones as ever. */
  private static final int STRIDE = 256;

  private final StudentEngine engine;
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
   * @param tileRows rows of the bank that are searched at once, 0 for what memory allows
   */
  StudentEvaluator(StudentEngine engine, KnnClassifier knn, int batch, int tileRows) {
    if (batch < 1) {
      throw new IllegalArgumentException("evaluation batch " + batch + "; valid: 1 or more");
    }
    this.engine = engine;
    this.knn = knn;
    this.batch = Math.min(batch, STRIDE);
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
   * kNN of the queries in the bank, and the queries' label-free statistics.
   *
   * @return null when the watch ended it
   * @throws NotFiniteException when a feature is not finite
   * @throws EvaluationException when no image of either can be read
   */
  public @Nullable Evaluation evaluate(
      LabelledViews bank, LabelledViews queries, EvaluationWatch watch) {
    int dimension = engine.featureDimension();
    long all = (long) bank.count() + queries.count();
    List<float[]> judged = new ArrayList<>(queries.count());
    Labels truth = new Labels();
    if (!new Pass(queries, judged::add, truth, done -> watch.goOn(done, all)).run()) {
      return null;
    }
    int tile = tileRows > 0 ? tileRows : NeighbourScan.tileRows(bank.count(), dimension);
    Labels votes = new Labels();
    try (NeighbourScan scan = new NeighbourScan(judged, dimension, knn.k(), false, tile)) {
      if (!new Pass(bank, scan::add, votes, done -> watch.goOn(queries.count() + done, all))
          .run()) {
        return null;
      }
      return new Evaluation(
          share(knn.vote(scan.end(), votes.all()), truth.all()),
          FeatureStatistics.rankMe(judged, dimension),
          FeatureStatistics.meanStandardDeviation(judged, dimension),
          votes.count,
          judged.size());
    }
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

  /** Takes a row of features. */
  private interface Rows {
    void add(float[] row);
  }

  /** Asked whether to go on. */
  private interface Going {
    boolean on(long done);
  }

  /** All images of one kind through the engine, a few at a time. */
  private final class Pass implements LabelledViews.Sink {
    private final LabelledViews views;
    private final Rows rows;
    private final Labels labels;
    private final Going going;
    private final int image = engine.inputSize() * engine.inputSize() * 3;
    private final byte[] pixels;
    private int waiting;
    private int done;
    private boolean ended;

    Pass(LabelledViews views, Rows rows, Labels labels, Going going) {
      this.views = views;
      this.rows = rows;
      this.labels = labels;
      this.going = going;
      this.pixels = new byte[Math.multiplyExact(batch, image)];
    }

    /** False when it was ended. */
    boolean run() {
      views.read(this);
      if (!ended && waiting > 0) {
        flush();
      }
      return !ended;
    }

    @Override
    public boolean take(byte[] view, int label) {
      if (view.length != image) {
        throw new IllegalArgumentException(
            "a view of " + view.length + " bytes; valid: " + image + " bytes each");
      }
      System.arraycopy(view, 0, pixels, waiting * image, image);
      labels.add(label);
      waiting++;
      if (waiting == batch || (done + waiting) % STRIDE == 0) {
        flush();
      }
      return !ended;
    }

    private void flush() {
      int dimension = engine.featureDimension();
      float[] features = engine.features(pixels, waiting);
      for (int i = 0; i < waiting * dimension; i++) {
        if (!Float.isFinite(features[i])) {
          throw new NotFiniteException(
              "the student's feature of image " + (done + i / dimension) + " holds " + features[i]);
        }
      }
      for (int i = 0; i < waiting; i++) {
        rows.add(Arrays.copyOfRange(features, i * dimension, (i + 1) * dimension));
      }
      done += waiting;
      waiting = 0;
      ended = !going.on(done);
    }
  }
}
