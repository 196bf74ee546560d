package io.bagpipe.model.export;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.StudentDescription;
import io.bagpipe.model.network.Preprocessing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The student of a checkpoint, with what its exported files are to say: architecture and
 * preprocessing are the checkpoint's own, whatever the configuration is by now.
 */
public final class CheckpointedStudent {
  private CheckpointedStudent() {}

  /**
   * Reads a student.
   *
   * @param place a checkpoint, or a directory: of checkpoints, of a run, of a service's data; its
   *     newest intact one then
   * @throws io.bagpipe.model.checkpoint.CheckpointException if a checkpoint is not intact
   * @throws ModelFileException if there is none, or it lacks something
   */
  public static Student read(Path place) {
    if (!Files.exists(place)) {
      throw new ModelFileException(place, "no such file or directory");
    }
    if (!Files.isDirectory(place)) {
      return of(place, CheckpointFile.read(place));
    }
    CheckpointStore.Recovery recovery = new CheckpointStore(directory(place), 1).latestIntact();
    Checkpoint checkpoint = recovery.checkpoint();
    Path file = recovery.file();
    if (checkpoint == null || file == null) {
      throw new ModelFileException(
          place,
          recovery.passedOver().isEmpty()
              ? "no checkpoint here"
              : "no intact checkpoint here: " + recovery.passedOver().get(0).why());
    }
    return of(file, checkpoint);
  }

  /** The directory of checkpoints that a directory is or holds: of a run, of a service's data. */
  public static Path directory(Path place) {
    for (String below : List.of("checkpoints", "run/checkpoints")) {
      if (Files.isDirectory(place.resolve(below))) {
        return place.resolve(below);
      }
    }
    return place;
  }

  private static Student of(Path file, Checkpoint checkpoint) {
    CheckpointInfo info = checkpoint.info();
    StudentDescription student = info.student();
    Preprocessing preprocessing = student.preprocessing();
    if (preprocessing == null) {
      throw new ModelFileException(file, "it does not say how images are prepared");
    }
    Provenance provenance =
        new Provenance(
            info.anchors(),
            info.runId() + "/" + file.getFileName(),
            "sha256:" + student.teacherSha256());
    try {
      return new Student(student.architecture(), checkpoint.network(), preprocessing, provenance);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, String.valueOf(e.getMessage()), e);
    }
  }
}
