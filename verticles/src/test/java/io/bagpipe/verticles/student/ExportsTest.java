package io.bagpipe.verticles.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.verticles.cli.student.Checkpoints;
import io.bagpipe.verticles.registry.Dossier;
import io.bagpipe.verticles.registry.Records;
import io.bagpipe.verticles.registry.StudentRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportsTest {
  @TempDir Path directory;
  private Path checkpoints;
  private Path students;
  private Exports exports;
  private Exports.@Nullable Serving serving;

  @BeforeEach
  void open() {
    checkpoints = directory.resolve("checkpoints");
    students = directory.resolve("students");
    exports = new Exports(() -> serving, students);
  }

  /** Saves a student, and lets it serve. */
  private Path save(long step) {
    Path file =
        new CheckpointStore(checkpoints, 3)
            .save(Checkpoints.after(step, step * 64, List.of(), List.of()));
    serving = new Exports.Serving(Dossier.alone(Records.candidate(step * 64)), file);
    return file;
  }

  /** Names, with the time of the last change. */
  private static Map<String, FileTime> files(Path in) throws IOException {
    Map<String, FileTime> files = new TreeMap<>();
    try (Stream<Path> listed = Files.list(in)) {
      for (Path file : listed.toList()) {
        files.put(String.valueOf(file.getFileName()), Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  @Test
  void howeverOftenItIsAskedNoCheckpointComesOrGoes() throws IOException {
    save(1);
    save(2);
    save(3);
    Map<String, FileTime> before = files(checkpoints);
    for (int i = 0; i < 5; i++) {
      assertThat(exports.current("onnx")).hasFileName("resnet18-192.onnx");
      assertThat(exports.current("safetensors")).hasFileName("resnet18-192.safetensors");
    }
    assertThat(files(checkpoints)).isEqualTo(before);
  }

  @Test
  void oneThatServesStaysHoweverManyAreSavedAndHasItsCardBesideIt() throws IOException {
    save(1);
    Exports.Serving first = serving;
    Path made = exports.current("onnx");
    save(2);
    save(3);
    serving = first;
    assertThat(exports.current("onnx")).isEqualTo(made);
    assertThat(files(students)).containsOnlyKeys("resnet18-64.md", "resnet18-64.onnx");
    assertThat(students.resolve("resnet18-64.md")).content().contains("Nobody knows");
    Files.write(made, new byte[] {1}); // to be told from one that is made again

    StudentRecord evaluated = Records.candidate(64, 0.5);
    serving = new Exports.Serving(Dossier.alone(evaluated), first.file());

    assertThat(exports.current("onnx")).as("the same student").hasSize(1);
    assertThat(students.resolve("resnet18-64.md")).content().contains("0.500 ± 0.022");
    assertThat(students.resolve("resnet18-64.svg")).exists();
  }

  @Test
  void itIsMadeOnceAPromotionAndTakesThePlaceOfTheOneBefore() throws IOException {
    for (long step = 1; step <= 4; step++) {
      save(step);
      Path made = exports.current("onnx");
      assertThat(files(students))
          .containsOnlyKeys("resnet18-" + step * 64 + ".onnx", "resnet18-" + step * 64 + ".md");
      Files.write(made, new byte[] {1}); // to be told from one that is made again
      assertThat(exports.current("onnx")).isEqualTo(made).hasSize(1);
    }
    exports.current("safetensors");
    assertThat(files(students))
        .containsOnlyKeys("resnet18-256.md", "resnet18-256.onnx", "resnet18-256.safetensors");
  }

  @Test
  void aStudentOfTheSameCountThatIsAnotherIsExportedAnew() throws IOException {
    Path checkpoint = save(1);
    Path made = exports.current("onnx");
    Files.write(made, new byte[] {1});
    serving = new Exports.Serving(Dossier.alone(Records.candidate(65)), checkpoint);
    assertThat(Files.size(exports.current("onnx"))).isGreaterThan(1000);
  }

  @Test
  void whatFormerProcessesLeftGoesAndWhatIsNotOursStays() throws IOException {
    Files.createDirectories(students);
    for (String name :
        List.of(
            "resnet18-64.onnx",
            "resnet18-128.onnx",
            "resnet18-128.md",
            "resnet18-128.svg",
            "mobilenet_v3_small-64.safetensors.part",
            "notes-1.txt",
            "mine.onnx")) {
      Files.writeString(students.resolve(name), name);
    }
    exports.sweep();
    assertThat(files(students)).containsOnlyKeys("mine.onnx", "notes-1.txt");
  }

  @Test
  void oneThatIsTornIsAnErrorAndNothingElseIsGivenAway() throws IOException {
    save(1);
    Files.write(save(2), new byte[100]);
    assertThatThrownBy(() -> exports.current("onnx")).isInstanceOf(CheckpointException.class);
  }

  @Test
  void asLongAsNobodyServesThereIsNothingToExport() {
    assertThatThrownBy(() -> exports.current("onnx")).isInstanceOf(NoSuchFileException.class);
    assertThat(students).doesNotExist();
  }

  @Test
  void whatFailsLeavesNothingBehind() throws IOException {
    save(1);
    assertThatThrownBy(() -> exports.current("png")).hasMessageContaining("format png");
    assertThat(files(students)).isEmpty();
  }
}
