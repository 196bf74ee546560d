package io.bagpipe.verticles.cli.teacher;

import io.bagpipe.model.teacher.OnnxTeacher;
import io.bagpipe.model.teacher.TeacherOptions;
import io.bagpipe.model.teacher.TeacherSource;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes teachers' files. */
final class TeacherFiles {
  private TeacherFiles() {}

  /** Writes a file's contents. */
  @FunctionalInterface
  interface Contents {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * What a file turned out to be when it was opened.
   *
   * @param embedding values of the embedding
   */
  record Written(int features, int embedding, String sha256, long bytes) {}

  /** Nobody's directory is taken for a file, and nobody's source is written over. */
  static void requireFile(Path file, Path source) throws IOException {
    if (Files.isDirectory(file)) {
      throw new CommandFailedException(file + ": is a directory; -o takes a file");
    }
    if (Files.exists(file) && Files.exists(source) && Files.isSameFile(file, source)) {
      throw new CommandFailedException(file + ": is what is read; -o takes another file");
    }
  }

  /**
   * Writes a teacher beside its place, opens it as the service would, and only then puts it there.
   *
   * @throws io.bagpipe.model.teacher.TeacherException when what was written is no teacher
   */
  static Written write(Path file, String features, Contents contents) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
        contents.writeTo(out);
      }
      TeacherSource source = TeacherSource.of(aside);
      Written written;
      try (OnnxTeacher teacher = OnnxTeacher.open(source, options(features))) {
        written =
            new Written(
                teacher.featureDimension(),
                teacher.embeddingDimension(),
                source.sha256(),
                Files.size(aside));
      }
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return written;
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private static TeacherOptions options(String features) {
    TeacherOptions usual = TeacherOptions.defaults(1);
    return new TeacherOptions(
        usual.input(), features, usual.embedding(), 0, 1, 1, usual.mean(), usual.std());
  }
}
