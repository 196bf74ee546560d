package io.bagpipe.verticles.cli.student;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.checkpoint.Checkpoint;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.verticles.cli.BagpipeCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  private static final int IMAGES = 1_280;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Ledger ledger = new Ledger();
  private Checkpoint saved;
  private Path file;

  @BeforeEach
  void aCheckpoint() {
    for (int offset = 0; offset < IMAGES; offset++) {
      ledger.add("images", 0, offset);
    }
    saved =
        Checkpoints.after(
            20, IMAGES, List.of(new StreamPosition("bags", "anId", 0, 41, 7)), ledger.entries());
    file = new CheckpointStore(directory, 1).save(saved);
  }

  @Test
  void saysWhatACheckpointHolds() {
    assertThat(inspect()).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "run            run7, saved 2026-11-22T12:00:00Z",
            "student        resnet18, width 4, cifar stem, head mlp-24-16, 16 pixels, seed 1",
            "trained        1,280 anchors in 20 steps",
            "quality        loss 5.25, kNN top-1 0.5",
            "remembers      trainer: anchors 1280, step 20",
            "remembers      model: %,d values in 104 tensors"
                .formatted(
                    saved.network().tensors().stream().mapToLong(t -> t.data().length).sum()),
            "remembers      optimiser sgd: nothing",
            "remembers      objective bingo: 32 values in 1 tensors, queue_position 1",
            "goes on at     bags-0, offset 41, 7 anchors into it",
            "ledger         images-0: 1,280 images, digest %016x"
                .formatted(ledger.digest("images", 0)),
            "configuration  SHA-256 " + saved.info().configurationHash());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysItAsOneJsonObject() throws IOException {
    assertThat(inspect("--json")).isZero();

    assertThat(out.toString()).hasLineCount(1);
    JsonNode all = new ObjectMapper().readTree(out.toString());
    assertThat(all.at("/run").textValue()).isEqualTo("run7");
    assertThat(all.at("/created_at").textValue()).isEqualTo("2026-11-22T12:00:00Z");
    assertThat(all.at("/architecture/name").textValue()).isEqualTo("resnet18");
    assertThat(all.at("/architecture/head").textValue()).isEqualTo("mlp-24-16");
    assertThat(all.at("/seed").longValue()).isEqualTo(1);
    assertThat(all.at("/step").longValue()).isEqualTo(20);
    assertThat(all.at("/anchors").longValue()).isEqualTo(IMAGES);
    assertThat(all.at("/positions/0").toString())
        .isEqualTo(
            "{\"topic\":\"bags\",\"topicId\":\"anId\",\"partition\":0,\"offset\":41,"
                + "\"itemsTaken\":7}");
    assertThat(all.at("/ledger/0/count").longValue()).isEqualTo(IMAGES);
    assertThat(all.at("/ledger/0/digest").longValue()).isEqualTo(ledger.digest("images", 0));
    assertThat(all.at("/ledger/0/ranges").toString()).isEqualTo("[0,1280]");
    assertThat(all.at("/metrics/loss").doubleValue()).isEqualTo(5.25);
    assertThat(all.at("/metrics/knnTop1").doubleValue()).isEqualTo(0.5);
    assertThat(all.at("/teacher_sha256").textValue()).isEqualTo("d164");
    assertThat(all.at("/components/3").toString())
        .isEqualTo(
            "{\"name\":\"objective\",\"kind\":\"bingo\",\"tensors\":1,\"values\":32,"
                + "\"counters\":{\"queue_position\":1}}");
    assertThat(all.at("/configuration/views/std/red").intValue()).isEqualTo(1);
    assertThat(all.at("/configuration_sha256").textValue())
        .isEqualTo(saved.info().configurationHash());
  }

  @Test
  void aCheckpointThatIsCutShortIsSaidSo() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    isNotIntact("it has %d bytes of %d".formatted(whole.length / 2, whole.length));
  }

  @Test
  void aBitThatHasFlippedIsFound() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    whole[whole.length / 2] ^= 1;
    Files.write(file, whole);

    isNotIntact("its checksum does not match");
  }

  private void isNotIntact(String why) {
    for (String[] how : new String[][] {{}, {"--json"}}) {
      err.getBuffer().setLength(0);
      assertThat(inspect(how)).isEqualTo(1);
      assertThat(out.toString()).isEmpty();
      assertThat(err.toString().lines())
          .containsExactly("bagpipe inspect: checkpoint " + file + " is not intact: " + why);
    }
  }

  private int inspect(String... more) {
    return BagpipeCommand.execute(
        Stream.concat(Stream.of("inspect", file.toString()), Stream.of(more))
            .toArray(String[]::new),
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
