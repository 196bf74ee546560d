package io.bagpipe.verticles.registry;

import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.train.StreamChanges;
import io.bagpipe.verticles.registry.StudentRecord.Artefact;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Drift;
import io.bagpipe.verticles.registry.StudentRecord.Lineage;
import io.bagpipe.verticles.registry.StudentRecord.Recipe;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Span;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The record of a student that has just been saved, as its checkpoint has it. */
public final class Candidate {
  private Candidate() {}

  /**
   * A student of which nothing is decided yet.
   *
   * @param weightsSha256 of the checkpoint's network
   * @param objective that it was trained by
   * @param met changes of the stream
   * @param eras names of those of the stream that it has met
   * @param parent id of the student that it was trained on from; empty: of none that is known
   */
  public static StudentRecord of(
      CheckpointInfo info,
      String weightsSha256,
      String objective,
      StreamChanges met,
      List<String> eras,
      String parent,
      Scores scores) {
    Lineage lineage =
        new Lineage(
            info.runId(),
            parent,
            info.ledger().stream()
                .filter(entry -> entry.ranges().length > 0)
                .map(Candidate::span)
                .toList(),
            new Recipe(
                architecture(info),
                info.student().teacherSha256(),
                objective,
                info.configurationHash()),
            eras,
            drifts(met));
    return new StudentRecord(
        StudentRecord.idOf(info.anchors(), weightsSha256),
        info.anchors(),
        Stage.CANDIDATE,
        info.createdAt(),
        lineage,
        scores,
        new Artefact(weightsSha256, null, 0),
        new Decision("", Decision.RULE, at(info), null, false));
  }

  private static String architecture(CheckpointInfo info) {
    var network = info.student().architecture();
    return network.family().torchvisionName()
        + (network.family().torchvisionName().startsWith("resnet")
            ? " of width " + network.width()
            : "");
  }

  private static List<Drift> drifts(StreamChanges met) {
    return met.at().entrySet().stream()
        .map(one -> new Drift(one.getKey(), one.getValue()))
        .sorted(Comparator.comparingLong(Drift::anchors))
        .toList();
  }

  private static Span span(Ledger.Entry entry) {
    long[] ranges = entry.ranges();
    return new Span(
        entry.topic(), entry.partition(), ranges[0], ranges[ranges.length - 1] - 1, entry.count());
  }

  private static long at(CheckpointInfo info) {
    try {
      return Instant.parse(info.createdAt()).toEpochMilli();
    } catch (java.time.format.DateTimeParseException e) {
      return 0; // for people, and of another version
    }
  }
}
