package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Metrics;
import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.model.checkpoint.StudentDescription;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.train.TrainerComponents;
import io.bagpipe.model.train.TrainerState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTailTest {
  private static final StudentIdentity IDENTITY =
      new StudentIdentity(
          "run",
          StudentDescription.of(
              new Architecture(Family.RESNET18, 4, Stem.CIFAR, new Head(24, 16)),
              new Preprocessing(16, 0, 16, new float[3], new float[] {1, 1, 1}),
              "d164"),
          "{}",
          1,
          "bags",
          "now");

  @TempDir private Path directory;
  private CheckpointStore store;

  @BeforeEach
  void openStore() {
    store = new CheckpointStore(directory, 2);
  }

  private CheckpointTail tail() {
    return new CheckpointTail(store, IDENTITY::isHere);
  }

  private static StreamPosition at(int partition, long offset) {
    return IDENTITY.position(partition, offset, 0);
  }

  private Path save(CheckpointTail tail, long step, StreamPosition... positions) {
    CheckpointInfo info =
        new CheckpointInfo(
            "run",
            "2026-11-25T12:00:00Z",
            IDENTITY.student(),
            "{}",
            1,
            step,
            step * 64,
            List.of(positions),
            List.of(),
            Metrics.NONE);
    TrainerState state =
        new TrainerState(
            step,
            step * 64,
            IDENTITY.network().spec().initialState(1),
            new StateDict(),
            ObjectiveState.of("bingo", queue(), Map.of("queue_position", 1L)));
    Path file = store.save(new Checkpoint(info, TrainerComponents.of(state)));
    tail.saved(file, info);
    return file;
  }

  @Test
  void theOldestOfThoseThatAreKeptHoldsTheTopicBack() {
    CheckpointTail tail = tail();
    assertThat(tail.neededFrom()).isEmpty();

    save(tail, 1, at(0, 10));
    save(tail, 2, at(0, 20));
    assertThat(tail.neededFrom()).containsOnly(Map.entry(0, 10L));

    save(tail, 3, at(0, 30));
    assertThat(tail.neededFrom()).containsOnly(Map.entry(0, 20L));
    assertThat(tail().neededFrom()).as("read back").isEqualTo(tail.neededFrom());
  }

  @Test
  void theSameCheckpointWrittenAgainReleasesNothing() {
    CheckpointTail tail = tail();
    save(tail, 1, at(0, 10));
    save(tail, 2, at(0, 20));

    save(tail, 2, at(0, 20));
    save(tail, 2, at(0, 20));

    assertThat(tail.neededFrom()).containsOnly(Map.entry(0, 10L));
  }

  @Test
  void aDamagedCheckpointAheadReleasesNothing() throws Exception {
    CheckpointTail first = tail();
    save(first, 1, at(0, 10));
    Path damaged = save(first, 9, at(0, 90));
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 40] ^= 1;
    Files.write(damaged, bytes);

    // the run goes on from step 1
    CheckpointTail second = tail();
    save(second, 2, at(0, 20));

    assertThat(second.neededFrom()).containsOnly(Map.entry(0, 10L));
  }

  @Test
  void aPartitionThatOneOfThemDoesNotNameIsNeededWhole() {
    CheckpointTail tail = tail();
    save(tail, 1, at(0, 10));
    save(tail, 2, at(0, 20), at(1, 7));

    assertThat(tail.neededFrom()).containsOnlyKeys(0);
  }

  @Test
  void aPositionInATopicThatWasMadeAnewCountsForNothing() {
    CheckpointTail tail = tail();
    save(tail, 1, new StreamPosition("bags", "before", 0, 5000, 0));

    assertThat(tail.neededFrom()).isEmpty();
  }

  private static StateDict queue() {
    StateDict tensors = new StateDict();
    tensors.put(new Tensor("queue", new int[] {2, 16}, new float[32]));
    return tensors;
  }
}
