package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.Probe;
import io.bagpipe.model.random.ImageCoordinates;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Probes on the disk, a file each, named by the image's place in the stream: written once, before a
 * checkpoint names it, and again with the same bytes when the image is met again after a kill.
 * Confined to the training thread.
 */
final class ProbeFiles {
  private static final int VERSION = 1;
  private static final String ENDING = ".probe";

  private final Path directory;

  /**
   * @param directory is made when it is needed
   */
  ProbeFiles(Path directory) {
    this.directory = directory;
  }

  private static String name(ImageCoordinates image) {
    return image.partition() + "-" + image.offset() + ENDING;
  }

  /**
   * Keeps a probe.
   *
   * @throws UncheckedIOException when the disk does not take it
   */
  void write(ImageCoordinates image, Probe probe) {
    try {
      Files.createDirectories(directory);
      Path aside = directory.resolve(name(image) + ".part");
      try (FileChannel out =
          FileChannel.open(
              aside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(probe));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(
          aside,
          directory.resolve(name(image)),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("probe " + name(image), e);
    }
  }

  private static byte[] bytes(Probe probe) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(content);
    out.writeInt(VERSION);
    String label = probe.label();
    out.writeBoolean(label != null);
    out.writeUTF(label == null ? "" : label);
    out.writeInt(probe.features().length);
    for (float value : probe.features()) {
      out.writeFloat(value);
    }
    out.writeInt(probe.view().length);
    out.write(probe.view());
    out.writeLong(crc(content.toByteArray()));
    return content.toByteArray();
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /**
   * A probe that was kept.
   *
   * @return null when it is not there, or not intact
   */
  @Nullable Probe read(ImageCoordinates image) {
    try {
      byte[] all = Files.readAllBytes(directory.resolve(name(image)));
      if (all.length < Long.BYTES) {
        return null;
      }
      byte[] content = java.util.Arrays.copyOf(all, all.length - Long.BYTES);
      long crc = ByteBuffer.wrap(all, content.length, Long.BYTES).getLong();
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
      if (crc != crc(content) || in.readInt() != VERSION) {
        return null;
      }
      boolean labelled = in.readBoolean();
      String label = in.readUTF();
      float[] features = new float[in.readInt()];
      for (int i = 0; i < features.length; i++) {
        features[i] = in.readFloat();
      }
      byte[] view = new byte[in.readInt()];
      in.readFully(view);
      return new Probe(view, features, labelled ? label : null);
    } catch (IOException e) {
      return null;
    }
  }

  /** Deletes all others. */
  void retain(Set<ImageCoordinates> wanted) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Set<String> names = wanted.stream().map(ProbeFiles::name).collect(Collectors.toSet());
    try (Stream<Path> listed = Files.list(directory)) {
      for (Path file : listed.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.contains(ENDING) && !names.contains(name)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
