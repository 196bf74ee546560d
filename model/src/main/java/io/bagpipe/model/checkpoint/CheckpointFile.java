package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.bagpipe.model.network.StateDict;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.train.TrainerState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The format of a checkpoint: one safetensors file, so that anything that reads those reads it.
 *
 * <pre>
 *   8 bytes   length of the header, little-endian
 *   header    JSON: __metadata__ { format, version, queue_position, info }, then each tensor's
 *             dtype, shape and data_offsets
 *   data      model.NAME        F32  parameters and running statistics, torchvision's names
 *             velocity.NAME     F32  the optimiser's
 *             queue             F32  [capacity * dimension]
 *             carried_over      U8   anchors that did not fill a batch
 *             sha256            U8   [32] of every byte before it
 * </pre>
 *
 * {@code info} is {@link CheckpointInfo} as JSON. Methods may be called on any thread.
 */
public final class CheckpointFile {
  private static final String FORMAT = "bagpipe-checkpoint";
  private static final String MODEL = "model.";
  private static final String VELOCITY = "velocity.";
  private static final String QUEUE = "queue";
  private static final String CARRIED_OVER = "carried_over";
  private static final String DIGEST = "sha256";
  private static final int DIGEST_BYTES = 32;
  private static final int LONGEST_HEADER = 100_000_000;

  private CheckpointFile() {}

  /** Writes a new file and forces it to the disk; an older file at the path is replaced. */
  static void write(Checkpoint checkpoint, Path file) throws IOException {
    TrainerState trainer = checkpoint.trainer();
    TensorTable.Builder layout = new TensorTable.Builder();
    trainer
        .network()
        .tensors()
        .forEach(t -> layout.add(MODEL + t.name(), TensorTable.Type.F32, t.shape()));
    trainer
        .velocities()
        .tensors()
        .forEach(t -> layout.add(VELOCITY + t.name(), TensorTable.Type.F32, t.shape()));
    layout.add(QUEUE, TensorTable.Type.F32, trainer.objective().tensors().get(QUEUE).data().length);
    layout.add(CARRIED_OVER, TensorTable.Type.U8, checkpoint.carriedOver().length);
    layout.add(DIGEST, TensorTable.Type.U8, DIGEST_BYTES);

    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("version", Integer.toString(Checkpoint.FORMAT_VERSION));
    metadata.put("queue_position", Long.toString(trainer.objective().counter("queue_position")));
    metadata.put("info", InfoJson.write(checkpoint.info()));

    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      DigestingWriter out = new DigestingWriter(channel);
      byte[] header = layout.build(metadata).toBytes();
      out.writeLong(header.length);
      out.write(header);
      for (Tensor tensor : trainer.network().tensors()) {
        out.write(tensor.data());
      }
      for (Tensor tensor : trainer.velocities().tensors()) {
        out.write(tensor.data());
      }
      out.write(trainer.objective().tensors().get(QUEUE).data());
      out.write(checkpoint.carriedOver());
      out.finish();
      channel.force(true);
    }
  }

  /**
   * Reads a checkpoint and verifies every byte.
   *
   * @throws TornCheckpointException when it is not what was written
   * @throws CheckpointException when it is intact and of a version that this program does not read
   */
  public static Checkpoint read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      DigestingReader in = new DigestingReader(channel);
      TensorTable table = readTable(file, channel, in);
      Map<String, float[]> floats = new LinkedHashMap<>();
      Map<String, byte[]> bytes = new LinkedHashMap<>();
      for (TensorTable.Entry entry : table.entries()) {
        if (entry.name().equals(DIGEST)) {
          break;
        }
        if (entry.type() == TensorTable.Type.F32) {
          floats.put(entry.name(), in.readFloats(entry.elements()));
        } else {
          bytes.put(entry.name(), in.readBytes(entry.elements()));
        }
      }
      byte[] computed = in.digest();
      if (!Arrays.equals(computed, in.readBytes(DIGEST_BYTES))) {
        throw torn(file, "its checksum does not match");
      }
      return assemble(file, table, floats, bytes);
    } catch (IOException e) {
      throw new CheckpointException("cannot read checkpoint " + file + ": " + e, e);
    }
  }

  /**
   * Reads what a checkpoint says of itself, from its header alone; nothing is verified.
   *
   * @throws TornCheckpointException when the header or the length shows that it is not intact
   */
  public static CheckpointInfo readInfo(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return info(file, readTable(file, channel, new DigestingReader(channel)));
    } catch (IOException e) {
      throw new CheckpointException("cannot read checkpoint " + file + ": " + e, e);
    }
  }

  private static TensorTable readTable(Path file, FileChannel channel, DigestingReader in)
      throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw torn(file, "it has " + size + " bytes");
    }
    long headerBytes = in.readLong();
    if (headerBytes < 2 || headerBytes > Math.min(size - Long.BYTES, LONGEST_HEADER)) {
      throw torn(file, "it has " + size + " bytes and a header of " + headerBytes);
    }
    try {
      TensorTable table = TensorTable.parse(in.readBytes((int) headerBytes));
      long expected = Long.BYTES + headerBytes + table.dataBytes();
      if (expected != size) {
        throw torn(file, "it has " + size + " bytes of " + expected);
      }
      TensorTable.Entry last = table.entries().get(table.entries().size() - 1);
      if (!last.name().equals(DIGEST) || last.end() - last.begin() != DIGEST_BYTES) {
        throw torn(file, "it does not end in a checksum");
      }
      return table;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw torn(file, String.valueOf(e.getMessage()));
    }
  }

  private static Checkpoint assemble(
      Path file, TensorTable table, Map<String, float[]> floats, Map<String, byte[]> bytes) {
    CheckpointInfo info = info(file, table);
    StateDict network = new StateDict();
    StateDict velocities = new StateDict();
    for (TensorTable.Entry entry : table.entries()) {
      float[] data = floats.get(entry.name());
      if (data != null && entry.name().startsWith(MODEL)) {
        network.put(new Tensor(entry.name().substring(MODEL.length()), entry.shape(), data));
      } else if (data != null && entry.name().startsWith(VELOCITY)) {
        velocities.put(new Tensor(entry.name().substring(VELOCITY.length()), entry.shape(), data));
      }
    }
    float[] queue = floats.get(QUEUE);
    byte[] carriedOver = bytes.get(CARRIED_OVER);
    String position = table.metadata().get("queue_position");
    if (queue == null || carriedOver == null || position == null) {
      throw new CheckpointException("checkpoint " + file + " lacks its queue or what was carried");
    }
    TrainerState trainer =
        new TrainerState(info.step(), info.anchors(), network, velocities, bingo(queue, position));
    return new Checkpoint(info, trainer, carriedOver);
  }

  private static ObjectiveState bingo(float[] queue, String position) {
    StateDict tensors = new StateDict();
    tensors.put(new Tensor(QUEUE, new int[] {queue.length / 128, 128}, queue));
    return ObjectiveState.of("bingo", tensors, Map.of("queue_position", Long.valueOf(position)));
  }

  private static CheckpointInfo info(Path file, TensorTable table) {
    String format = table.metadata().get("format");
    String version = table.metadata().get("version");
    if (!FORMAT.equals(format)) {
      throw new CheckpointException(
          file + " is no checkpoint but " + format + "; valid: " + FORMAT);
    }
    if (!Integer.toString(Checkpoint.FORMAT_VERSION).equals(version)) {
      throw new CheckpointException(
          "checkpoint "
              + file
              + " is of format version "
              + version
              + "; this program reads version "
              + Checkpoint.FORMAT_VERSION);
    }
    try {
      return InfoJson.read(String.valueOf(table.metadata().get("info")));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new CheckpointException("checkpoint " + file + ": " + e.getMessage(), e);
    }
  }

  private static TornCheckpointException torn(Path file, String why) {
    return new TornCheckpointException("checkpoint " + file + " is not intact: " + why);
  }
}
