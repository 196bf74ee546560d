package io.bagpipe.verticles.student;

import io.bagpipe.model.export.CheckpointedStudent;
import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.export.TorchvisionWeights;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a checkpoint's student in the formats people use. */
final class Exports {
  private Exports() {}

  /**
   * @param students the directory to write to
   * @param format {@code onnx} or {@code safetensors}; both with the head
   * @return the file
   */
  static Path write(Path checkpoint, String format, Path students) throws IOException {
    Student student = CheckpointedStudent.read(checkpoint);
    Path directory = Files.createDirectories(students);
    String name =
        student.architecture().family().torchvisionName()
            + "-"
            + student.provenance().anchors()
            + "."
            + format;
    Path aside = directory.resolve(name + ".part");
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
  }
}
