package io.bagpipe.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.checkpoint.CheckpointStore.Recovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  @TempDir Path folder;
  private Path directory;
  private CheckpointStore store;

  @BeforeEach
  void open() {
    directory = folder.resolve("runs/1/checkpoints");
    store = new CheckpointStore(directory, 3);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String name(long step) {
    return "checkpoint-%012d.safetensors".formatted(step);
  }

  @Test
  void startsFromNothing() {
    Recovery recovery = store.latestIntact();
    assertThat(recovery.checkpoint()).isNull();
    assertThat(recovery.passedOver()).isEmpty();
    assertThat(store.best()).isNull();
  }

  @Test
  void givesTheNewestBackAndKeepsTheLastFew() throws IOException {
    for (long step : new long[] {5, 10, 20, 100, 1000}) {
      store.save(Checkpoints.ofStep(step));
    }
    Recovery recovery = store.latestIntact();
    Checkpoints.assertSame(recovery.checkpoint(), Checkpoints.ofStep(1000));
    assertThat(recovery.file()).isEqualTo(directory.resolve(name(1000)));
    assertThat(names()).containsExactly("best.safetensors", name(20), name(100), name(1000));
  }

  @Test
  void aCheckpointOfTheSameStepTakesTheOnesPlace() {
    store.save(Checkpoints.of(5, Metrics.NONE, 10));
    store.save(Checkpoints.of(5, Metrics.NONE, 20));
    assertThat(store.files()).hasSize(1);
    assertThat(store.latestIntact().checkpoint().components().get("objective").tensor("queue"))
        .satisfies(queue -> assertThat(queue.shape()).containsExactly(20, 2));
  }

  @Test
  void passesOverTornOnesAndReportsEach() throws IOException {
    for (long step = 1; step <= 3; step++) {
      store.save(Checkpoints.ofStep(step));
    }
    cut(name(3), 0.5);
    cut(name(2), 0.01);
    Recovery recovery = store.latestIntact();
    Checkpoints.assertSame(recovery.checkpoint(), Checkpoints.ofStep(1));
    assertThat(recovery.passedOver())
        .extracting(torn -> torn.file().getFileName().toString())
        .containsExactly(name(3), name(2));
    assertThat(recovery.passedOver()).allSatisfy(torn -> assertThat(torn.why()).isNotEmpty());

    cut(name(1), 0.9);
    assertThat(store.latestIntact().checkpoint()).isNull();
    assertThat(store.latestIntact().passedOver()).hasSize(3);
  }

  private void cut(String name, double part) throws IOException {
    Path file = directory.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, (int) (bytes.length * part)));
  }

  @Test
  void aCrashBetweenWritingAndRenamingLeavesTheOneBefore() throws IOException {
    store.save(Checkpoints.ofStep(1));
    Path aside = store.writeAside(Checkpoints.ofStep(2), bytes -> {});
    assertThat(aside).exists();
    assertThat(store.latestIntact().checkpoint().info().step()).isEqualTo(1);
    assertThat(store.latestIntact().passedOver()).isEmpty();

    store.save(Checkpoints.ofStep(3));
    assertThat(names()).containsExactly("best.safetensors", name(1), name(3));
  }

  @Test
  void keepsTheBestWhateverItsAge() throws IOException {
    double[] knn = {0.7, 0.9, 0.8, 0.85, 0.6, 0.7, 0.9};
    for (int i = 0; i < knn.length - 1; i++) {
      store.save(Checkpoints.of(i + 1, new Metrics(1.0, knn[i]), 100));
    }
    assertThat(CheckpointFile.read(store.best()).info().step()).isEqualTo(2);
    assertThat(names()).doesNotContain(name(2));

    store.save(Checkpoints.of(7, new Metrics(1.0, knn[6]), 100));
    assertThat(CheckpointFile.read(store.best()).info().step()).isEqualTo(7);
    store.save(Checkpoints.of(8, new Metrics(0.1, null), 100));
    assertThat(CheckpointFile.read(store.best()).info().step()).isEqualTo(7);
  }

  @Test
  void theLossDecidesWhereNothingWasEvaluated() {
    store.save(Checkpoints.of(1, new Metrics(3.0, null), 100));
    store.save(Checkpoints.of(2, new Metrics(2.0, null), 100));
    store.save(Checkpoints.of(3, new Metrics(2.5, null), 100));
    store.save(Checkpoints.of(4, Metrics.NONE, 100));
    assertThat(CheckpointFile.read(store.best()).info().step()).isEqualTo(2);
    store.save(Checkpoints.of(5, new Metrics(2.0, null), 100));
    assertThat(CheckpointFile.read(store.best()).info().step()).as("as good, newer").isEqualTo(5);
  }

  @Test
  void aRunThatWentBackBehindATornOneLeavesItAside() throws IOException {
    CheckpointStore one = new CheckpointStore(directory, 1);
    one.save(Checkpoints.ofStep(100));
    store.save(Checkpoints.ofStep(200));
    cut(name(200), 0.5);
    assertThat(one.latestIntact().checkpoint().info().step()).isEqualTo(100);
    one.save(Checkpoints.ofStep(150));
    assertThat(one.latestIntact().checkpoint().info().step()).isEqualTo(150);
    assertThat(names()).contains(name(150), name(200) + ".superseded").doesNotContain(name(200));
  }

  @Test
  void aVersionItDoesNotKnowStopsTheStartInsteadOfLosingWork() throws Exception {
    store.save(Checkpoints.ofStep(1));
    Path newer = store.save(Checkpoints.ofStep(2));
    byte[] bytes = Files.readAllBytes(newer);
    byte[] covered =
        new String(bytes, 0, bytes.length - 32, java.nio.charset.StandardCharsets.ISO_8859_1)
            .replace("\"version\":\"2\"", "\"version\":\"3\"")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(covered);
    System.arraycopy(covered, 0, bytes, 0, covered.length);
    System.arraycopy(digest, 0, bytes, covered.length, 32);
    Files.write(newer, bytes);
    assertThatThrownBy(store::latestIntact).hasMessageContaining("format version 3");
  }

  @Test
  void saysWhereItCouldNotWrite() throws IOException {
    Files.createDirectories(directory.getParent());
    Files.writeString(directory, "in the way");
    assertThatThrownBy(() -> store.save(Checkpoints.ofStep(4)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("step 4")
        .hasMessageContaining(directory.toString());
  }

  @Test
  void refusesATrainerOfAnotherStep() {
    Checkpoint checkpoint = Checkpoints.ofStep(4);
    Checkpoint other = Checkpoints.ofStep(5);
    assertThatThrownBy(() -> new Checkpoint(checkpoint.info(), other.components()))
        .hasMessageContaining("step 4");
  }
}
