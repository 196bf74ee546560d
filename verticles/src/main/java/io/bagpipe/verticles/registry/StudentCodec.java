package io.bagpipe.verticles.registry;

import io.bagpipe.streams.codec.Codecs;
import io.bagpipe.streams.proto.DriftMark;
import io.bagpipe.streams.proto.ImagesTrained;
import io.bagpipe.streams.proto.StudentAnnouncement;
import io.bagpipe.streams.proto.StudentDecision;
import io.bagpipe.streams.proto.StudentLineage;
import io.bagpipe.streams.proto.StudentScores;
import io.bagpipe.verticles.registry.StudentRecord.Artefact;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Drift;
import io.bagpipe.verticles.registry.StudentRecord.Lineage;
import io.bagpipe.verticles.registry.StudentRecord.Recipe;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Span;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Records as the topic {@code students} has them. */
final class StudentCodec {
  private StudentCodec() {}

  static StudentAnnouncement write(StudentRecord one) {
    Lineage lineage = one.lineage();
    StudentAnnouncement.Builder said =
        StudentAnnouncement.newBuilder()
            .setVersion(one.stage() == Stage.SERVING ? Codecs.VERSION : Codecs.VERSION_NOT_SERVING)
            .setRun(lineage.run())
            .setAnchors(one.anchors())
            .setArchitecture(lineage.recipe().architecture().split(" ", 2)[0]);
    Double loss = one.scores().loss();
    if (loss != null) {
      said.setLoss(loss);
    }
    Double knn = one.scores().accuracies().get(Scores.KNN);
    if (knn != null) {
      said.setKnnTop1(knn);
    }
    var record =
        io.bagpipe.streams.proto.StudentRecord.newBuilder()
            .setId(one.id())
            .setStage(one.stage().id())
            .setSavedAt(one.savedAt())
            .setLineage(write(lineage))
            .setScores(write(one.scores()))
            .setDecision(write(one.decision()))
            .setWeightsSha256(one.artefact().sha256())
            .setBytes(one.artefact().bytes());
    String file = one.artefact().file();
    if (file != null) {
      record.setFile(file);
      said.setCheckpoint(file);
    }
    return said.setRecord(record).build();
  }

  private static StudentLineage write(Lineage lineage) {
    StudentLineage.Builder to =
        StudentLineage.newBuilder()
            .setParent(lineage.parent())
            .setArchitecture(lineage.recipe().architecture())
            .setTeacherSha256(lineage.recipe().teacherSha256())
            .setObjective(lineage.recipe().objective())
            .setConfigurationSha256(lineage.recipe().configurationSha256())
            .addAllEras(lineage.eras());
    for (Span span : lineage.images()) {
      to.addImages(
          ImagesTrained.newBuilder()
              .setTopic(span.topic())
              .setPartition(span.partition())
              .setFrom(span.from())
              .setTo(span.to())
              .setImages(span.images()));
    }
    for (Drift drift : lineage.drifts()) {
      to.addDrifts(DriftMark.newBuilder().setName(drift.name()).setAnchors(drift.anchors()));
    }
    return to.build();
  }

  private static StudentScores write(Scores scores) {
    StudentScores.Builder to =
        StudentScores.newBuilder()
            .putAllAccuracies(scores.accuracies())
            .setExam(scores.exam())
            .setQueries(scores.queries());
    Double rankMe = scores.rankMe();
    if (rankMe != null) {
      to.setRankMe(rankMe);
    }
    Double std = scores.featureStd();
    if (std != null) {
      to.setFeatureStd(std);
    }
    Double loss = scores.loss();
    if (loss != null) {
      to.setLoss(loss);
    }
    return to.build();
  }

  private static StudentDecision write(Decision decision) {
    StudentDecision.Builder to =
        StudentDecision.newBuilder()
            .setReason(decision.reason())
            .setBy(decision.by())
            .setAt(decision.at())
            .setHeld(decision.held());
    String replaced = decision.replaced();
    if (replaced != null) {
      to.setReplaced(replaced);
    }
    return to.build();
  }

  /** Reads a record; of one without a registry's, as former versions wrote it, what it says. */
  static StudentRecord read(StudentAnnouncement said) {
    return said.hasRecord() ? read(said, said.getRecord()) : ofBefore(said);
  }

  private static StudentRecord read(
      StudentAnnouncement said, io.bagpipe.streams.proto.StudentRecord from) {
    StudentLineage lineage = from.getLineage();
    StudentScores scores = from.getScores();
    StudentDecision why = from.getDecision();
    return new StudentRecord(
        from.getId(),
        said.getAnchors(),
        stage(from.getStage()),
        from.getSavedAt(),
        new Lineage(
            said.getRun(),
            lineage.getParent(),
            lineage.getImagesList().stream()
                .map(
                    span ->
                        new Span(
                            span.getTopic(),
                            span.getPartition(),
                            span.getFrom(),
                            span.getTo(),
                            span.getImages()))
                .toList(),
            new Recipe(
                lineage.getArchitecture(),
                lineage.getTeacherSha256(),
                lineage.getObjective(),
                lineage.getConfigurationSha256()),
            lineage.getErasList(),
            lineage.getDriftsList().stream()
                .map(d -> new Drift(d.getName(), d.getAnchors()))
                .toList()),
        new Scores(
            new TreeMap<>(scores.getAccuraciesMap()),
            scores.hasRankMe() ? (Double) scores.getRankMe() : null,
            scores.hasFeatureStd() ? (Double) scores.getFeatureStd() : null,
            scores.hasLoss() ? (Double) scores.getLoss() : null,
            scores.getExam(),
            scores.getQueries()),
        new Artefact(
            from.getWeightsSha256(), from.hasFile() ? from.getFile() : null, from.getBytes()),
        new Decision(
            why.getReason(),
            why.getBy(),
            why.getAt(),
            why.hasReplaced() ? why.getReplaced() : null,
            why.getHeld()));
  }

  /** A stage that a later version knows is none that serves. */
  private static Stage stage(String id) {
    for (Stage stage : Stage.values()) {
      if (stage.id().equals(id)) {
        return stage;
      }
    }
    return Stage.RETIRED;
  }

  private static StudentRecord ofBefore(StudentAnnouncement said) {
    return new StudentRecord(
        said.getAnchors() + "-" + String.format(Locale.ROOT, "%08x", 0),
        said.getAnchors(),
        Stage.SERVING,
        "",
        new Lineage(
            said.getRun(),
            "",
            List.of(),
            new Recipe(said.getArchitecture(), "", "", ""),
            List.of(),
            List.of()),
        new Scores(
            said.hasKnnTop1() ? Map.of(Scores.KNN, said.getKnnTop1()) : Map.of(),
            null,
            null,
            said.getLoss(),
            "",
            0),
        new Artefact("", null, 0),
        new Decision(
            "It was announced by a version that kept no registry.", Decision.RULE, 0, null, false));
  }
}
