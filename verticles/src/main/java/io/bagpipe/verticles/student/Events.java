package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.verticles.ops.events.CheckpointEvent;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.RestoredEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the student does, in the terms of the operations side. */
final class Events {
  private Events() {}

  static EvaluationEvent evaluation(Judgement judgement) {
    return new EvaluationEvent(
        judgement.anchors(),
        judgement.knnTop1(),
        judgement.linearTop1(),
        judgement.rankMe(),
        judgement.featureStd(),
        Instant.now());
  }

  static RestoredEvent restored(CheckpointInfo from, @Nullable Judgement latest) {
    Double loss = from.metrics().loss();
    return new RestoredEvent(
        from.anchors(),
        loss == null ? Double.NaN : loss,
        latest == null ? null : evaluation(latest),
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
