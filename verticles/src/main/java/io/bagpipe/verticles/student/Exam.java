package io.bagpipe.verticles.student;

import io.bagpipe.model.data.Split;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.eval.DrawnViews;
import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.model.eval.EvaluationException;
import io.bagpipe.model.eval.EvaluationWatch;
import io.bagpipe.model.eval.KnnClassifier;
import io.bagpipe.model.eval.StudentEvaluator;
import io.bagpipe.verticles.config.EvalConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a student is judged on: labelled images that vote, and held-out ones that are judged.
 * Confined to the training thread, which closes it.
 */
final class Exam implements AutoCloseable {
  /** Hexadecimal ones that are told of the images' digest. */
  private static final int DIGITS = 12;

  private final StudentEvaluator evaluator;
  private final DrawnViews bank;
  private final DrawnViews queries;

  private final String digest;

  private Exam(StudentEvaluator evaluator, DrawnViews bank, DrawnViews queries) throws IOException {
    this.evaluator = evaluator;
    this.bank = bank;
    this.queries = queries;
    this.digest = digest(bank, queries);
  }

  private static String digest(DrawnViews bank, DrawnViews queries) throws IOException {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
    bank.digest(sha);
    queries.digest(sha);
    return HexFormat.of().formatHex(sha.digest()).substring(0, DIGITS);
  }

  /**
   * Draws the images.
   *
   * @param batch images a pass of the engine
   * @param seed of the draw
   * @throws IllegalStateException when there are none with a label, or more than can be judged
   */
  static Exam open(
      EvalConfig eval, StudentEngine engine, int batch, long seed, DrawnViews.Making making)
      throws IOException {
    Path data = Path.of(eval.dir());
    DrawnViews bank = DrawnViews.open(data, Split.TRAIN, eval.bank(), seed, making);
    try {
      DrawnViews queries = DrawnViews.open(data, Split.HELD_OUT, eval.queries(), seed, making);
      try {
        return new Exam(evaluator(eval, engine, batch, bank, queries), bank, queries);
      } catch (IOException | RuntimeException e) {
        queries.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      bank.close();
      throw e;
    }
  }

  private static StudentEvaluator evaluator(
      EvalConfig eval, StudentEngine engine, int batch, DrawnViews bank, DrawnViews queries) {
    if (bank.count() == 0 || queries.count() == 0) {
      throw new IllegalStateException(
          "eval.dir: %s has %d labelled images to vote and %d to judge; both must be at least 1"
              .formatted(eval.dir(), bank.count(), queries.count()));
    }
    int k = Math.min(eval.k(), bank.count());
    int most = StudentEvaluator.mostQueries(engine.featureDimension(), k);
    if (queries.count() > most) {
      throw new IllegalStateException(
          "eval.queries: %d images of %d features and %d neighbours are more than memory is kept for; expected at most %d"
              .formatted(queries.count(), engine.featureDimension(), k, most));
    }
    return new StudentEvaluator(engine, new KnnClassifier(k, eval.temperature()), batch);
  }

  /** Images that are judged. */
  int queries() {
    return queries.count();
  }

  /**
   * What is asked, for people: where this is the same, so are the images, labels and votes. As the
   * files were when it was opened.
   *
   * @param eval it was opened with
   * @param seed of the draw
   * @param size of a view, pixels
   */
  String description(EvalConfig eval, long seed, int size) {
    return "%d labelled images of %s, by the nearest of %d others (k %d, temperature %s), drawn by seed %d, %d pixels, files and labels %s"
        .formatted(
            queries.count(),
            Path.of(eval.dir()).getFileName(),
            bank.count(),
            Math.min(eval.k(), bank.count()),
            eval.temperature(),
            seed,
            size,
            digest);
  }

  /**
   * Judges the student as it is now.
   *
   * @return null when the watch ended it
   * @throws EvaluationException when the images cannot be read any more
   */
  @Nullable Evaluation take(EvaluationWatch watch) {
    return evaluator.evaluate(bank, queries, watch);
  }

  @Override
  public void close() {
    try (bank;
        queries) {
      // both are closed, whatever becomes of the first
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
