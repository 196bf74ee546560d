package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.Evaluation;
import io.bagpipe.verticles.ops.events.CheckpointEvent;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** What the student does, in the terms of the operations side. */
final class Events {
  private Events() {}

  static EvaluationEvent evaluation(long anchors, Evaluation evaluation) {
    return new EvaluationEvent(
        anchors,
        evaluation.knnTop1(),
        null,
        evaluation.rankMe(),
        evaluation.featureStd(),
        Instant.now());
  }

  static CheckpointEvent checkpoint(Student.Saved saved) {
    return new CheckpointEvent(
        String.valueOf(saved.file().getFileName()),
        saved.info().anchors(),
        size(saved.file()),
        saved.seconds(),
        Instant.now());
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return -1; // deleted meanwhile
    }
  }
}
