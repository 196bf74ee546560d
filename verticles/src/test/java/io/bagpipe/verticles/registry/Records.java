package io.bagpipe.verticles.registry;

import io.bagpipe.verticles.registry.StudentRecord.Artefact;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Drift;
import io.bagpipe.verticles.registry.StudentRecord.Lineage;
import io.bagpipe.verticles.registry.StudentRecord.Recipe;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Span;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.util.List;
import java.util.Map;

/** Students that were never trained. */
public final class Records {
  public static final String EXAM = "2000 images of cats";

  private Records() {}

  /** One of the newest weights, not evaluated. */
  public static StudentRecord candidate(long anchors) {
    return candidate(anchors, Scores.none(5.5));
  }

  public static StudentRecord candidate(long anchors, double knn) {
    return candidate(anchors, scores(knn, 20));
  }

  static StudentRecord candidate(long anchors, Scores scores) {
    String weights = "%016x".formatted(anchors * 0x9E3779B97F4A7C15L).repeat(4);
    return new StudentRecord(
        StudentRecord.idOf(anchors, weights),
        anchors,
        Stage.CANDIDATE,
        "2026-11-28T07:00:00Z",
        new Lineage(
            "service",
            "",
            List.of(new Span("images", 0, 0, anchors - 1, anchors - 2)),
            new Recipe("resnet18 of width 4", "d164", "bingo", "c0ffee"),
            List.of("autumn"),
            List.of(new Drift("0-4711", anchors / 2))),
        scores,
        new Artefact(weights, null, 0),
        new Decision("", Decision.RULE, 1_000 + anchors, null, false));
  }

  static Scores scores(double knn, double rankMe) {
    return new Scores(Map.of(Scores.KNN, knn), rankMe, 0.08, 5.5, EXAM, 2000);
  }

  /** As if its file was kept. */
  public static StudentRecord kept(StudentRecord one) {
    return one.with(new Artefact(one.artefact().sha256(), StudentFiles.nameOf(one.id()), 12_000));
  }
}
