package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.export.CheckpointedStudent;
import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.export.TorchvisionWeights;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest checkpoint's student in the formats people use. Of each format there is one file: it
 * is made when it is first asked for after a checkpoint, and takes the place of the one before.
 * Checkpoints are read and never written. Thread-safe; blocks.
 */
final class Exports {
  private static final Pattern OURS =
      Pattern.compile("[a-z0-9_]+-\\d+\\.(onnx|safetensors)(\\.part)?");
  private static final int TRIES = 3;

  private final CheckpointStore checkpoints;
  private final Path checkpointDirectory;
  private final Path students;
  private final Map<String, Made> made = new HashMap<>();

  /** A checkpoint's file as it was. */
  private record Source(Path file, FileTime modified, long bytes) {}

  /** What was made of it. */
  private record Made(Source source, Path file) {}

  /**
   * @param checkpoints their directory
   * @param students the directory of what is made of them
   */
  Exports(Path checkpoints, Path students) {
    this.checkpoints = new CheckpointStore(checkpoints, 1);
    this.checkpointDirectory = checkpoints;
    this.students = students;
  }

  /** Deletes what former processes made. */
  synchronized void sweep() throws IOException {
    deleteAllBut(null, "");
  }

  /**
   * The student of the newest intact checkpoint.
   *
   * @param format {@code onnx} or {@code safetensors}
   * @return the file, with the head in it
   * @throws NoSuchFileException when there is no checkpoint yet
   */
  synchronized Path current(String format) throws IOException {
    for (int tries = 1; ; tries++) {
      Source newest = newest();
      Made known = made.get(format);
      if (known != null && known.source().equals(newest) && Files.exists(known.file())) {
        return known.file();
      }
      try {
        Path file = write(CheckpointedStudent.read(checkpointDirectory), format);
        made.put(format, new Made(newest, file));
        deleteAllBut(file, format);
        return file;
      } catch (CheckpointException e) {
        // it may have been let go of while it was read: the next one is there already
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private Source newest() throws IOException {
    List<Path> files = checkpoints.files();
    if (files.isEmpty()) {
      throw new NoSuchFileException(
          checkpointDirectory.toString(), null, "no checkpoint has been written yet");
    }
    Path newest = files.get(files.size() - 1);
    BasicFileAttributes about = Files.readAttributes(newest, BasicFileAttributes.class);
    return new Source(newest, about.lastModifiedTime(), about.size());
  }

  private Path write(Student student, String format) throws IOException {
    Path directory = Files.createDirectories(students);
    String name =
        student.architecture().family().torchvisionName()
            + "-"
            + student.provenance().anchors()
            + "."
            + format;
    Path aside = directory.resolve(name + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
        switch (format) {
          case "onnx" -> OnnxModel.write(student, true, out);
          case "safetensors" -> TorchvisionWeights.write(student, true, out);
          default ->
              throw new IllegalArgumentException(
                  "format " + format + " is not valid; expected onnx or safetensors");
        }
      }
      return Files.move(
          aside,
          directory.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /**
   * @param kept of this format; null: none is
   * @param format whose others go; empty: of every format
   */
  private void deleteAllBut(@Nullable Path kept, String format) throws IOException {
    if (!Files.isDirectory(students)) {
      return;
    }
    try (Stream<Path> listed = Files.list(students)) {
      for (Path file : listed.toList()) {
        String name = String.valueOf(file.getFileName());
        if (OURS.matcher(name).matches()
            && (format.isEmpty() || name.endsWith("." + format))
            && !file.equals(kept)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
