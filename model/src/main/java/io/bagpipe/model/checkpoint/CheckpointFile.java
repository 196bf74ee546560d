package io.bagpipe.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.bagpipe.model.network.Tensor;
import io.bagpipe.model.safetensors.ElementType;
import io.bagpipe.model.safetensors.SafetensorsException;
import io.bagpipe.model.safetensors.SafetensorsFile;
import io.bagpipe.model.safetensors.SafetensorsFile.Entry;
import io.bagpipe.model.safetensors.SafetensorsWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The format of a checkpoint, version 2: one safetensors file, so that anything that reads those
 * reads it.
 *
 * <pre>
 *   8 bytes   length of the header, little-endian
 *   header    JSON: __metadata__ { format, version, components, info }, then each tensor's dtype,
 *             shape and data_offsets
 *   data      COMPONENT.TENSOR  F32  in the components' order
 *             sha256            U8   [32] of every byte before it
 * </pre>
 *
 * {@code components} lists them as JSON, with their kinds and counters ({@link ComponentsJson});
 * {@code info} is {@link CheckpointInfo} as JSON. A component's name has no dot, so the first one
 * ends it: {@code model.layer1.0.conv1.weight} is the tensor {@code layer1.0.conv1.weight} of the
 * component {@code model}. Files of version 1 are read ({@link VersionOne}), none are written.
 *
 * <p>Methods may be called on any thread.
 */
public final class CheckpointFile {
  static final String MODEL = Components.MODEL + ".";

  private static final String FORMAT = "bagpipe-checkpoint";
  private static final String VERSION = Integer.toString(Checkpoint.FORMAT_VERSION);
  private static final String DIGEST = "sha256";
  private static final int DIGEST_BYTES = 32;
  private static final int BUFFER_BYTES = 1 << 16;

  private CheckpointFile() {}

  /** Whether a file with this metadata says that it is a checkpoint, of whatever version. */
  public static boolean isCheckpoint(Map<String, String> metadata) {
    return FORMAT.equals(metadata.get("format"));
  }

  /**
   * Writes a new file and forces it to the disk; an older file at the path is replaced.
   *
   * @param progress told how many bytes are written, again and again
   */
  static void write(Checkpoint checkpoint, Path file, LongConsumer progress) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("version", VERSION);
    metadata.put("components", ComponentsJson.write(checkpoint.components()));
    metadata.put("info", InfoJson.write(checkpoint.info()));
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    for (Component component : checkpoint.components().all()) {
      for (Tensor tensor : component.tensors().tensors()) {
        writer.add(component.name() + "." + tensor.name(), tensor);
      }
    }
    writer.endInDigest(DIGEST);
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        // gathers the small tensors; chunks of the large ones are longer and pass it by
        OutputStream out =
            new BufferedOutputStream(new ForcedOutputStream(channel, progress), BUFFER_BYTES)) {
      writer.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  /**
   * Reads a checkpoint and verifies every byte.
   *
   * @throws TornCheckpointException when it is not what was written
   * @throws CheckpointException when it is intact and of a version that this program does not read,
   *     or holds what it does not know
   */
  public static Checkpoint read(Path file) {
    return read(file, bytes -> {});
  }

  /**
   * As {@link #read(Path)}.
   *
   * @param progress told how many bytes are read, after every tensor
   */
  static Checkpoint read(Path file, LongConsumer progress) {
    MessageDigest digest = SafetensorsFile.sha256();
    try (SafetensorsFile in = SafetensorsFile.openDigesting(file, digest)) {
      Entry last = requireDigest(file, in);
      List<Tensor> tensors = new ArrayList<>();
      List<String> others = new ArrayList<>();
      for (Entry entry : in.entries()) {
        if (entry.type() == ElementType.F32) {
          tensors.add(in.read(entry));
        } else if (!entry.equals(last)) {
          in.pass(entry);
          if (entry.values() > 0) {
            others.add(entry.name() + " (" + entry.type() + ")");
          }
        }
        progress.accept(entry.end());
      }
      byte[] computed = digest.digest();
      if (!Arrays.equals(computed, in.readBytes(last))) {
        throw torn(file, "its checksum does not match");
      }
      return assemble(file, in.metadata(), tensors, others);
    } catch (SafetensorsException e) {
      throw torn(file, e.why());
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
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      requireDigest(file, in);
      return info(file, in.metadata());
    } catch (SafetensorsException e) {
      throw torn(file, e.why());
    } catch (IOException e) {
      throw new CheckpointException("cannot read checkpoint " + file + ": " + e, e);
    }
  }

  private static Entry requireDigest(Path file, SafetensorsFile in) {
    Entry last = null;
    for (Entry entry : in.entries()) {
      last = entry;
    }
    if (last == null
        || !last.name().equals(DIGEST)
        || last.type() != ElementType.U8
        || last.values() != DIGEST_BYTES) {
      throw torn(file, "it does not end in a checksum");
    }
    return last;
  }

  private static Checkpoint assemble(
      Path file, Map<String, String> metadata, List<Tensor> tensors, List<String> others) {
    CheckpointInfo info = info(file, metadata);
    try {
      return new Checkpoint(
          info,
          isVersionOne(metadata)
              ? VersionOne.components(info, metadata.get("queue_position"), tensors, others)
              : ComponentsJson.read(text(metadata, "components"), tensors, others));
    } catch (JsonProcessingException | IllegalArgumentException | CheckpointException e) {
      throw new CheckpointException("checkpoint " + file + ": " + e.getMessage(), e);
    }
  }

  private static CheckpointInfo info(Path file, Map<String, String> metadata) {
    if (!isCheckpoint(metadata)) {
      throw new CheckpointException(
          file + " is no checkpoint but " + metadata.get("format") + "; valid: " + FORMAT);
    }
    if (!isVersionOne(metadata) && !VERSION.equals(metadata.get("version"))) {
      throw new CheckpointException(
          "checkpoint "
              + file
              + " is of format version "
              + metadata.get("version")
              + "; this program reads versions "
              + VersionOne.VERSION
              + " and "
              + VERSION);
    }
    try {
      return InfoJson.read(
          text(metadata, "info"), isVersionOne(metadata) ? VersionOne::student : StudentJson::read);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new CheckpointException("checkpoint " + file + ": " + e.getMessage(), e);
    }
  }

  private static boolean isVersionOne(Map<String, String> metadata) {
    return VersionOne.VERSION.equals(metadata.get("version"));
  }

  private static String text(Map<String, String> metadata, String name) {
    @Nullable String text = metadata.get(name);
    if (text == null) {
      throw new IllegalArgumentException("no " + name + " in its metadata");
    }
    return text;
  }

  private static TornCheckpointException torn(Path file, String why) {
    return new TornCheckpointException("checkpoint " + file + " is not intact: " + why);
  }
}
