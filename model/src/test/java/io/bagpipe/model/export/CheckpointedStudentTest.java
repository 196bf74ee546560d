package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.train.TrainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointedStudentTest {
  private static final String CONFIGURATION =
      """
      {"teacher_sha256":"d164","views":{"geometry":{"size":32,"pad":2,"indexResize":36},
       "mean":{"red":0.286,"green":0.287,"blue":0.288},"std":{"red":0.353,"green":0.354,"blue":0.355}}}
      """;

  @TempDir Path folder;
  private final Student student = Students.of(Family.RESNET18, 4, Stem.CIFAR, 32);

  @Test
  void aRunGivesItsNewestIntactStudentAndHowToFeedIt() throws IOException {
    CheckpointStore store = new CheckpointStore(folder.resolve("checkpoints"), 3);
    Path older = store.save(checkpoint(3, CONFIGURATION));
    Path torn = store.save(checkpoint(4, CONFIGURATION));
    Files.write(torn, new byte[100]);

    Student read = CheckpointedStudent.read(folder);

    assertThat(read.architecture()).isEqualTo(student.architecture());
    assertThat(read.provenance())
        .isEqualTo(new Provenance(192, "run7/" + older.getFileName(), "sha256:d164"));
    assertThat(read.preprocessing().properties())
        .containsEntry("image.size", "32")
        .containsEntry("image.pad", "2")
        .containsEntry("image.mean", "[0.286, 0.287, 0.288]")
        .containsEntry("image.std", "[0.353, 0.354, 0.355]");
    assertThat(read.preprocessing().resize()).isEqualTo(36);
    for (Tensor tensor : student.state().tensors()) {
      assertThat(read.state().get(tensor.name()).data()).isEqualTo(tensor.data());
    }
  }

  @Test
  void aFileOrADirectoryOfCheckpointsWillDo() {
    Path file = new CheckpointStore(folder, 3).save(checkpoint(3, CONFIGURATION));

    assertThat(CheckpointedStudent.read(file).provenance().anchors()).isEqualTo(192);
    assertThat(CheckpointedStudent.read(folder).provenance().anchors()).isEqualTo(192);
  }

  @Test
  void aStudentStartsFromACheckpoint() throws IOException {
    Path file = new CheckpointStore(folder, 3).save(checkpoint(3, CONFIGURATION));
    StateDict fresh = student.spec().initialState(77);

    var loaded = TorchvisionWeights.load(file, student.spec(), fresh);

    assertThat(loaded.head()).isTrue();
    assertThat(loaded.state().get("layer4.1.conv2.weight").data())
        .isEqualTo(student.state().get("layer4.1.conv2.weight").data());
  }

  @Test
  void whatIsNotThereIsSaidInOneLine() throws IOException {
    Path none = folder.resolve("none");
    Path torn = Files.write(folder.resolve("torn.safetensors"), new byte[64]);
    Path mute = new CheckpointStore(folder.resolve("mute"), 3).save(checkpoint(3, "{}"));

    assertThatThrownBy(() -> CheckpointedStudent.read(none))
        .hasMessage(none + ": no such file or directory");
    assertThatThrownBy(() -> CheckpointedStudent.read(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(folder + ": no checkpoint here");
    assertThatThrownBy(() -> CheckpointedStudent.read(torn))
        .isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> CheckpointedStudent.read(mute))
        .hasMessageContaining("does not say how images are prepared: no pad of views");
  }

  private Checkpoint checkpoint(long step, String configuration) {
    StateDict velocities = new StateDict();
    return new Checkpoint(
        new CheckpointInfo(
            "run7",
            "2026-11-22T12:00:00Z",
            new io.bagpipe.model.checkpoint.Architecture("resnet18", 4, "cifar", 32, "mlp-24-16"),
            configuration,
            1,
            step,
            step * 64,
            List.of(),
            List.of(),
            Metrics.NONE),
        new TrainerState(
            step,
            step * 64,
            student.state(),
            velocities,
            ObjectiveState.of("bingo", queue(), Map.of("queue_position", 1L))),
        new byte[0]);
  }

  private static StateDict queue() {
    StateDict tensors = new StateDict();
    tensors.put(new Tensor("queue", new int[] {2, 16}, new float[32]));
    return tensors;
  }
}
