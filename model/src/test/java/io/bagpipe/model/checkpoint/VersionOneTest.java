package io.bagpipe.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Stem;
import io.bagpipe.model.network.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that the program wrote when the format was at version 1: a ResNet-18 of width 1, three and
 * six steps of eight anchors old.
 */
class VersionOneTest {
  private static final Path FILES = Path.of("src/test/resources/checkpoint");
  private static final Path STEP_3 = FILES.resolve("v1-step-3.safetensors");

  @TempDir Path folder;

  @Test
  void itsTensorsAreSortedIntoComponents() throws IOException {
    Components read = CheckpointFile.read(STEP_3).components();

    assertThat(read.all().stream().map(c -> c.name() + "/" + c.kind()))
        .containsExactly("trainer/", "model/", "optimiser/sgd", "objective/bingo");
    assertThat(read.get("trainer").counters()).isEqualTo(Map.of("step", 3L, "anchors", 24L));
    assertThat(read.get("objective").counters()).isEqualTo(Map.of("queue_position", 24L));
    assertThat(read.get("objective").tensor("queue").shape()).containsExactly(64, 4);
    byte[] bytes = Files.readAllBytes(STEP_3);
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    JsonNode header =
        new ObjectMapper()
            .readTree(new String(bytes, 8, (int) file.getLong(0), StandardCharsets.UTF_8));
    int f32 = 0;
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      String name = entry.getKey();
      if (entry.getValue().path("dtype").asText().equals("F32")) {
        f32++;
        int dot = name.indexOf('.');
        Tensor tensor =
            name.startsWith("model.")
                ? read.get("model").tensor(name.substring(dot + 1))
                : read.get(dot < 0 ? "objective" : "optimiser").tensor(name);
        int at = 8 + (int) file.getLong(0) + entry.getValue().at("/data_offsets/0").asInt();
        for (float value : tensor.data()) {
          assertThat(Float.floatToRawIntBits(value)).as(name).isEqualTo(file.getInt(at));
          at += 4;
        }
        assertThat(at - 8 - file.getLong(0))
            .isEqualTo(entry.getValue().at("/data_offsets/1").asLong());
      }
    }
    assertThat(read.all().stream().mapToInt(c -> c.tensors().tensors().size()).sum())
        .isEqualTo(f32)
        .isGreaterThan(100);
  }

  @Test
  void itsInfoIsUnderstood() {
    CheckpointInfo info = CheckpointFile.readInfo(STEP_3);

    assertThat(info.runId()).isEqualTo("20261127-v1");
    assertThat(info.student().architecture())
        .isEqualTo(new Architecture(Family.RESNET18, 1, Stem.CIFAR, new Head(8, 4)));
    assertThat(info.student().inputSize()).isEqualTo(16);
    assertThat(info.student().teacherSha256()).isEqualTo("d164" + "0".repeat(60));
    assertThat(info.student().preprocessing().resize()).isEqualTo(18);
    assertThat(info.positions()).containsExactly(new StreamPosition("bags", "anId", 0, 3, 5));
    assertThat(info.ledger().get(0).count()).isEqualTo(24);
    assertThat(info.metrics()).isEqualTo(new Metrics(2.5, null));
  }

  @Test
  void writtenAgainItIsTheSameInTheNewFormat() throws IOException {
    Checkpoint old = CheckpointFile.read(STEP_3);
    Path file = folder.resolve("again.safetensors");
    CheckpointFile.write(old, file, bytes -> {});
    Checkpoints.assertSame(CheckpointFile.read(file), old);
  }

  @Test
  void anchorsThatDidNotFillABatchAreNotDroppedInSilence() {
    Path carried = FILES.resolve("v1-carried.safetensors");
    assertThatThrownBy(() -> CheckpointFile.read(carried))
        .isExactlyInstanceOf(CheckpointException.class)
        .hasMessage(
            "checkpoint "
                + carried
                + ": it is of version 1 and holds carried_over (U8), which nothing goes on from"
                + " any more: anchors would be lost");
  }

  @Test
  void itsBytesAreVerified() throws IOException {
    byte[] whole = Files.readAllBytes(STEP_3);
    whole[whole.length / 2] ^= 4;
    Path file = Files.write(folder.resolve("flipped.safetensors"), whole);
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(TornCheckpointException.class)
        .hasMessageContaining("its checksum does not match");
  }
}
