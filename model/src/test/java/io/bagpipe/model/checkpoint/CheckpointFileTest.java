package io.bagpipe.model.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bagpipe.model.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("a.safetensors");
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Checkpoint checkpoint = Checkpoints.of(7, new Metrics(3.5, 0.25), 3000);
    CheckpointFile.write(checkpoint, file, bytes -> {});
    Checkpoints.assertSame(CheckpointFile.read(file), checkpoint);
    assertThat(CheckpointFile.readInfo(file))
        .usingRecursiveComparison()
        .isEqualTo(checkpoint.info());
  }

  @Test
  void readsWhatIsLargerThanItsBuffer() throws IOException {
    Checkpoint checkpoint = Checkpoints.of(1, Metrics.NONE, 700_001);
    CheckpointFile.write(checkpoint, file, bytes -> {});
    Checkpoints.assertSame(CheckpointFile.read(file), checkpoint);
  }

  @Test
  void aPartitionsBeginningIsAPosition() {
    assertThat(new StreamPosition("bags", null, 0, 0, 0).offset()).isZero();
    assertThatThrownBy(() -> new StreamPosition("bags", null, 0, -1, 0))
        .hasMessageContaining("bags-0@-1+0");
    assertThatThrownBy(() -> new StreamPosition("bags", null, 0, 0, -1))
        .hasMessageContaining("bags-0@0+-1");
  }

  /** The format as other programs know it, read without the code under test. */
  @Test
  void isASafetensorsFile() throws Exception {
    Checkpoint checkpoint = Checkpoints.ofStep(3);
    CheckpointFile.write(checkpoint, file, bytes -> {});
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int data = 8 + Math.toIntExact(bytes.getLong(0));
    JsonNode header = new ObjectMapper().readTree(new String(bytes.array(), 8, data - 8, UTF_8));
    assertThat(data % 8).isZero();
    assertThat(Arrays.copyOfRange(bytes.array(), 8, data)).doesNotContain((byte) 0);
    assertThat(header.get("__metadata__").properties())
        .allSatisfy(entry -> assertThat(entry.getValue().isTextual()).isTrue());
    JsonNode weight = header.get("model.conv1.weight");
    assertThat(weight.get("dtype").asText()).isEqualTo("F32");
    assertThat(weight.get("shape").toString()).isEqualTo("[8,3,3,3]");
    assertThat(bytes.getFloat(data + weight.get("data_offsets").get(0).asInt() + 4))
        .isEqualTo(checkpoint.network().get("conv1.weight").data()[1]);
    assertThat(header.get("optimiser.velocity.conv1.weight").get("shape").toString())
        .isEqualTo("[8,3,3,3]");
    assertThat(header.get("objective.queue").get("shape").toString()).isEqualTo("[3000,2]");
    JsonNode components =
        new ObjectMapper().readTree(header.get("__metadata__").get("components").asText());
    assertThat(components.get(3).toString())
        .isEqualTo(
            "{\"name\":\"objective\",\"kind\":\"bingo\",\"counters\":"
                + "{\"large\":\"-9223372036854775805\",\"queue_position\":\"12\"}}");
    JsonNode digest = header.get("sha256");
    assertThat(data + digest.get("data_offsets").get(1).asInt()).isEqualTo(bytes.capacity());
    byte[] covered = Arrays.copyOf(bytes.array(), bytes.capacity() - 32);
    assertThat(MessageDigest.getInstance("SHA-256").digest(covered))
        .isEqualTo(Arrays.copyOfRange(bytes.array(), bytes.capacity() - 32, bytes.capacity()));
  }

  @Test
  void noticesAFileCutShortAnywhere() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    CheckpointFile.write(Checkpoints.ofStep(3), file, bytes -> {});
    byte[] whole = Files.readAllBytes(file);
    for (int trial = 0; trial < 200; trial++) {
      int length = trial < 20 ? trial : random.nextInt(whole.length);
      Files.write(file, Arrays.copyOf(whole, length));
      assertTorn(seed, "length " + length);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertTorn(seed, "a byte too many");
  }

  @Test
  void noticesEveryFlippedBit() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    CheckpointFile.write(Checkpoints.ofStep(3), file, bytes -> {});
    byte[] whole = Files.readAllBytes(file);
    for (int trial = 0; trial < 600; trial++) {
      // all of the header's length and some of everything else, the checksum included
      int at = trial < 8 ? trial : random.nextInt(trial < 300 ? 2000 : whole.length);
      int bit = 1 << random.nextInt(8);
      whole[at] ^= (byte) bit;
      Files.write(file, whole);
      assertTorn(seed, "byte " + at + ", bit " + bit);
      whole[at] ^= (byte) bit;
    }
    Files.write(file, whole);
    assertThat(CheckpointFile.read(file).info().step()).isEqualTo(3);
  }

  @Test
  void noticesABlockThatNeverReachedTheDisk() throws IOException {
    CheckpointFile.write(Checkpoints.ofStep(3), file, bytes -> {});
    byte[] whole = Files.readAllBytes(file);
    Arrays.fill(whole, 4096, 8192, (byte) 0);
    Files.write(file, whole);
    assertTorn(0, "zeros");
  }

  private void assertTorn(long seed, String what) {
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .as("seed %d, %s", seed, what)
        .isInstanceOf(TornCheckpointException.class)
        .hasMessageContaining("not intact");
  }

  @Test
  void refusesOtherVersionsByName() throws Exception {
    CheckpointFile.write(Checkpoints.ofStep(3), file, bytes -> {});
    rewrite("\"version\":\"2\"", "\"version\":\"9\"");
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(CheckpointException.class)
        .isNotInstanceOf(TornCheckpointException.class)
        .hasMessageContaining("is of format version 9; this program reads versions 1 and 2");
  }

  @Test
  void namesAFieldThatIsMissing() throws Exception {
    CheckpointFile.write(Checkpoints.ofStep(3), file, bytes -> {});
    rewrite("run_id", "run_ID");
    assertThatThrownBy(() -> CheckpointFile.read(file)).hasMessageContaining("no field run_id");
  }

  @Test
  void namesATensorThatBelongsToNoComponent() throws Exception {
    CheckpointFile.write(Checkpoints.ofStep(3), file, bytes -> {});
    rewrite("optimiser.velocity.conv1.weight", "optimizer.velocity.conv1.weight");
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isExactlyInstanceOf(CheckpointException.class)
        .hasMessage(
            "checkpoint %s: it holds optimizer.velocity.conv1.weight, which belongs to none of its"
                    .formatted(file)
                + " components");
  }

  @Test
  void namesAComponentsTensorOfATypeThatItDoesNotRead() throws Exception {
    CheckpointFile.write(Checkpoints.ofStep(3), file, bytes -> {});
    rewrite(
        "\"model.bn1.running_mean\":{\"dtype\":\"F32\"",
        "\"model.bn1.running_mean\":{\"dtype\":\"I32\"");
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isExactlyInstanceOf(CheckpointException.class)
        .hasMessageContaining("it holds model.bn1.running_mean (I32); this program reads");
  }

  @Test
  void aFileThatIsNoCheckpointIsRefusedUnread() throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      new SafetensorsWriter()
          .add(Checkpoints.ofStep(3).network().tensors())
          .endInDigest("sha256")
          .writeTo(out);
    }
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isExactlyInstanceOf(CheckpointException.class)
        .hasMessageContaining("is no checkpoint but null; valid: bagpipe-checkpoint");
  }

  /** Another header, and a checksum that is right for it. */
  private void rewrite(String from, String to) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    byte[] covered =
        new String(bytes, 0, bytes.length - 32, java.nio.charset.StandardCharsets.ISO_8859_1)
            .replace(from, to)
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(covered).hasSize(bytes.length - 32);
    byte[] whole = Arrays.copyOf(covered, bytes.length);
    System.arraycopy(
        MessageDigest.getInstance("SHA-256").digest(covered), 0, whole, covered.length, 32);
    Files.write(file, whole);
  }

  @Test
  void theConfigurationHashIsThatOfItsText() {
    CheckpointInfo info = Checkpoints.ofStep(1).info();
    assertThat(info.configurationHash())
        .hasSize(64)
        .isEqualTo(Checkpoints.ofStep(2).info().configurationHash());
  }
}
