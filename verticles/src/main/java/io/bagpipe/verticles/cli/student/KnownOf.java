package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.eval.Eras;
import io.bagpipe.model.eval.ErasComponent;
import io.bagpipe.model.export.CheckpointedStudent;
import io.bagpipe.model.train.TrainerComponents;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.registry.Candidate;
import io.bagpipe.verticles.registry.Dossier;
import io.bagpipe.verticles.registry.StudentFiles;
import io.bagpipe.verticles.registry.StudentJson;
import io.bagpipe.verticles.registry.StudentRecord;
import io.bagpipe.verticles.registry.StudentRecord.Decision;
import io.bagpipe.verticles.registry.StudentRecord.Scores;
import io.bagpipe.verticles.registry.StudentRecord.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of a checkpoint's student without any Kafka. */
final class KnownOf {
  private KnownOf() {}

  /**
   * What the registry left beside the checkpoints when it last decided of the student; of one that
   * it does not know, what the checkpoint says.
   *
   * @param place a checkpoint, or a directory: its newest intact one then
   */
  static Dossier checkpoint(Path place) throws IOException {
    Path file = place;
    Checkpoint checkpoint;
    if (Files.isDirectory(place)) {
      CheckpointStore.Recovery newest =
          new CheckpointStore(CheckpointedStudent.directory(place), 1).latestIntact();
      Path found = newest.file();
      Checkpoint intact = newest.checkpoint();
      if (found == null || intact == null) {
        throw new CommandFailedException(place + ": no intact checkpoint here");
      }
      file = found;
      checkpoint = intact;
    } else {
      checkpoint = CheckpointFile.read(place);
    }
    String weights = checkpoint.weightsSha256();
    Path left = beside(file, StudentRecord.idOf(checkpoint.info().anchors(), weights));
    return left != null ? StudentJson.FILE.read(left) : Dossier.alone(alone(checkpoint, weights));
  }

  /** It lies in the directory of checkpoints, or in one below it. */
  private static @Nullable Path beside(Path file, String id) {
    Path directory = file.toAbsolutePath().getParent();
    for (int up = 0; up < 2 && directory != null; up++) {
      Path left = new StudentFiles(directory).beside(id);
      if (Files.exists(left)) {
        return left;
      }
      directory = directory.getParent();
    }
    return null;
  }

  private static StudentRecord alone(Checkpoint checkpoint, String weights) {
    CheckpointInfo info = checkpoint.info();
    StudentRecord said =
        Candidate.of(
            info,
            weights,
            checkpoint.objective(),
            TrainerComponents.read(checkpoint.components()).changes(),
            eras(checkpoint),
            "",
            scores(info));
    return new StudentRecord(
        said.id(),
        said.anchors(),
        Stage.CANDIDATE,
        said.savedAt(),
        said.lineage(),
        said.scores(),
        said.artefact(),
        new Decision("No registry that is known here knows it.", Decision.RULE, 0, null, false));
  }

  private static List<String> eras(Checkpoint checkpoint) {
    Component eras = checkpoint.components().find(Components.ERAS);
    return eras == null
        ? List.of()
        : ErasComponent.read(eras).stream().map(Eras.Era::name).toList();
  }

  private static Scores scores(CheckpointInfo info) {
    Metrics metrics = info.metrics();
    Metrics.Judged judged = metrics.judged();
    Double knn = metrics.knnTop1();
    return knn == null || judged == null || judged.anchors() != info.anchors()
        ? Scores.none(metrics.loss())
        : new Scores(
            Map.of(Scores.KNN, knn),
            judged.rankMe(),
            judged.featureStd(),
            metrics.loss(),
            "images that the checkpoint does not name",
            0);
  }
}
