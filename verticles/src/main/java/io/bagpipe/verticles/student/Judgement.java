package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.eval.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation came to.
 *
 * @param anchors trained when it was made
 * @param knnTop1 as of {@link Evaluation}, like the others
 * @param linearTop1 null in a checkpoint of before it was measured
 */
record Judgement(
    long anchors, double knnTop1, @Nullable Double linearTop1, double rankMe, double featureStd) {
  static Judgement of(long anchors, Evaluation evaluation) {
    return new Judgement(
        anchors,
        evaluation.knnTop1(),
        evaluation.linearTop1(),
        evaluation.rankMe(),
        evaluation.featureStd());
  }

  /** Null where a checkpoint holds none, or not whole. */
  static @Nullable Judgement of(Metrics metrics) {
    Metrics.Judged judged = metrics.judged();
    Double knn = metrics.knnTop1();
    return judged == null || knn == null
        ? null
        : new Judgement(
            judged.anchors(), knn, judged.linearTop1(), judged.rankMe(), judged.featureStd());
  }

  Metrics with(@Nullable Double loss) {
    return new Metrics(loss, knnTop1, new Metrics.Judged(anchors, linearTop1, rankMe, featureStd));
  }
}
