package io.bagpipe.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Component;
import io.bagpipe.model.checkpoint.Components;
import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.checkpoint.StudentDescription;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointedStudentTest {
  private static final Preprocessing PREPROCESSING =
      new Preprocessing(
          32, 2, 36, new float[] {0.286f, 0.287f, 0.288f}, new float[] {0.353f, 0.354f, 0.355f});

  @TempDir Path folder;
  private final Student student = Students.of(Family.RESNET18, 4, Stem.CIFAR, 32);

  @Test
  void aRunGivesItsNewestIntactStudentAndHowToFeedIt() throws IOException {
    CheckpointStore store = new CheckpointStore(folder.resolve("checkpoints"), 3);
    Path older = store.save(checkpoint(3));
    Path torn = store.save(checkpoint(4));
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
    Path file = new CheckpointStore(folder, 3).save(checkpoint(3));

    assertThat(CheckpointedStudent.read(file).provenance().anchors()).isEqualTo(192);
    assertThat(CheckpointedStudent.read(folder).provenance().anchors()).isEqualTo(192);
  }

  @Test
  void aStudentStartsFromACheckpoint() throws IOException {
    Path file = new CheckpointStore(folder, 3).save(checkpoint(3));
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
    Path mute = new CheckpointStore(folder.resolve("mute"), 3).save(checkpoint(3, null));

    assertThatThrownBy(() -> CheckpointedStudent.read(none))
        .hasMessage(none + ": no such file or directory");
    assertThatThrownBy(() -> CheckpointedStudent.read(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(folder + ": no checkpoint here");
    assertThatThrownBy(() -> CheckpointedStudent.read(torn))
        .isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> CheckpointedStudent.read(mute))
        .hasMessage(mute + ": it does not say how images are prepared");
  }

  /** Written by the program as it was at version 1 of the format. */
  @Test
  void aCheckpointOfVersion1SaysTheSameThroughItsConfiguration() {
    Path file = Path.of("src/test/resources/checkpoint/v1-step-3.safetensors");

    Student read = CheckpointedStudent.read(file);

    assertThat(read.architecture())
        .isEqualTo(new Architecture(Family.RESNET18, 1, Stem.CIFAR, new Head(8, 4)));
    assertThat(read.provenance())
        .isEqualTo(
            new Provenance(
                24, "20261127-v1/v1-step-3.safetensors", "sha256:d164" + "0".repeat(60)));
    assertThat(read.preprocessing().properties())
        .containsEntry("image.size", "16")
        .containsEntry("image.pad", "2")
        .containsEntry("image.mean", "[0.286, 0.286, 0.286]")
        .containsEntry("image.std", "[0.353, 0.353, 0.353]");
    assertThat(read.preprocessing().resize()).isEqualTo(18);
  }

  private Checkpoint checkpoint(long step) {
    return checkpoint(step, PREPROCESSING);
  }

  private Checkpoint checkpoint(long step, @Nullable Preprocessing preprocessing) {
    return new Checkpoint(
        new CheckpointInfo(
            "run7",
            "2026-11-22T12:00:00Z",
            new StudentDescription(student.architecture(), 32, preprocessing, "d164"),
            "{}",
            1,
            step,
            step * 64,
            List.of(),
            List.of(),
            Metrics.NONE),
        Components.of(Component.of(Components.MODEL, "", student.state(), Map.of())));
  }
}
