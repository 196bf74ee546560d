package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.eval.Eras.Era;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good the student in training is, in the registry's terms: what an evaluation says, and what
 * it knows of each era; without images to evaluate on, the latter alone. Confined to the training
 * thread, but for {@link #of(Judgement, Double)} of the teacher.
 */
final class StudentScores {
  /**
   * The exam of those that are asked about eras alone; which sets, their evaluations' names say.
   */
  private static final String OF_ERAS = "probe sets of the stream's eras";

  private final Student student;
  private final Registrar.Asked asked;

  StudentScores(Student student, Registrar.Asked asked) {
    this.student = student;
    this.asked = asked;
  }

  /** Of a student that was saved, as it was then; none where it was not asked anything. */
  Scores of(CheckpointInfo info) {
    Judgement judgement = Judgement.of(info.metrics());
    Double loss = info.metrics().loss();
    if (!asked.isAnything()) {
      return ofEras(info.anchors(), loss);
    }
    return judgement == null || judgement.anchors() != info.anchors()
        ? Scores.none(loss)
        : of(judgement, loss);
  }

  /** Of an evaluation, and of the eras if it was asked about them at the same anchors. */
  Scores of(Judgement judgement, @Nullable Double loss) {
    Map<String, Double> accuracies = new LinkedHashMap<>();
    accuracies.put(Scores.KNN, judgement.knnTop1());
    Double linear = judgement.linearTop1();
    if (linear != null) {
      accuracies.put(Scores.LINEAR, linear);
    }
    Probes probes = student.probes();
    if (probes != null) {
      accuracies.putAll(probes.accuracies(judgement.anchors()));
    }
    return new Scores(
        accuracies,
        finite(judgement.rankMe()),
        finite(judgement.featureStd()),
        loss,
        asked.exam(),
        asked.queries());
  }

  /** Of the eras alone; none where it was not asked about them at these anchors. */
  Scores ofEras(long anchors, @Nullable Double loss) {
    Probes probes = student.probes();
    Map<String, Double> accuracies = probes == null ? Map.of() : probes.accuracies(anchors);
    if (probes == null || accuracies.isEmpty()) {
      return Scores.none(loss);
    }
    long images =
        probes.all().stream().filter(Era::frozen).mapToLong(era -> era.probes().size()).sum();
    return new Scores(accuracies, null, null, loss, OF_ERAS, images);
  }

  /** Names of those that it has met. */
  List<String> eras() {
    Probes probes = student.probes();
    return probes == null ? List.of() : probes.names();
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }
}
