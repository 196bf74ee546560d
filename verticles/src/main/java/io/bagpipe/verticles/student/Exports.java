package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.export.CheckpointedStudent;
import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.export.TorchvisionWeights;
import io.bagpipe.verticles.registry.Dossier;
import io.bagpipe.verticles.registry.ModelCard;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The student that serves in the formats people use, a model card beside each. Of each format there
 * is one file: it is made when it is first asked for after a promotion, and takes the place of the
 * one before; as long as its student serves it stays. Checkpoints are read and never written.
 * Thread-safe; blocks.
 */
final class Exports {
  private static final Pattern OURS =
      Pattern.compile("[a-z0-9_]+-\\d+\\.(onnx|safetensors|md|svg)(\\.part)?");
  private static final Pattern CARD = Pattern.compile(".*\\.(md|svg)(\\.part)?");
  private static final int TRIES = 3;

  private final Supplier<@Nullable Serving> serving;
  private final Path students;
  private final Map<String, Made> made = new HashMap<>();

  /**
   * The student that serves.
   *
   * @param file its checkpoint
   */
  record Serving(Dossier dossier, Path file) {
    String id() {
      return dossier.student().id();
    }
  }

  /** What was made of it. */
  private record Made(Serving of, Path file) {}

  /**
   * @param serving who serves now; null when nobody does
   * @param students the directory of what is made
   */
  Exports(Supplier<@Nullable Serving> serving, Path students) {
    this.serving = serving;
    this.students = students;
  }

  /** Deletes what former processes made. */
  synchronized void sweep() throws IOException {
    deleteOthers("");
  }

  /**
   * The student that serves.
   *
   * @param format {@code onnx} or {@code safetensors}
   * @return the file, with the head in it
   * @throws NoSuchFileException when nobody serves yet
   */
  synchronized Path current(String format) throws IOException {
    for (int tries = 1; ; tries++) {
      Serving now = serving.get();
      if (now == null) {
        throw new NoSuchFileException(students.toString(), null, "no student serves yet");
      }
      Made known = made.get(format);
      if (known != null && known.of().equals(now) && Files.exists(known.file())) {
        return known.file();
      }
      try {
        return make(now, known, format);
      } catch (CheckpointException e) {
        // another may serve by now, and its file be gone
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private Path make(Serving now, @Nullable Made known, String format) throws IOException {
    Student student = CheckpointedStudent.read(now.file());
    Path file =
        known != null && known.of().id().equals(now.id()) && Files.exists(known.file())
            ? known.file() // the same student, of which more is known
            : write(student, format);
    made.put(format, new Made(now, file));
    new ModelCard(now.dossier(), student.preprocessing()).beside(file);
    deleteOthers(format);
    return file;
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
   * Deletes what is not current.
   *
   * @param format whose others go, and cards of what is gone; empty: of every format
   */
  private void deleteOthers(String format) throws IOException {
    if (!Files.isDirectory(students)) {
      return;
    }
    Set<Path> kept = made.values().stream().map(Made::file).collect(Collectors.toSet());
    Set<String> names = new HashSet<>();
    kept.forEach(file -> names.add(base(file)));
    try (Stream<Path> listed = Files.list(students)) {
      for (Path file : listed.toList()) {
        String name = String.valueOf(file.getFileName());
        boolean card = CARD.matcher(name).matches();
        boolean goes =
            card
                ? !names.contains(base(file))
                : !kept.contains(file) && (format.isEmpty() || name.endsWith("." + format));
        if (OURS.matcher(name).matches() && goes) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static String base(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.indexOf('.'));
  }
}
