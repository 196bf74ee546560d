package io.bagpipe.verticles.cli.student;

import io.bagpipe.model.export.CheckpointedStudent;
import io.bagpipe.model.export.Dl4jArchive;
import io.bagpipe.model.export.OnnxModel;
import io.bagpipe.model.export.Student;
import io.bagpipe.model.export.TorchvisionWeights;
import io.bagpipe.verticles.cli.base.CommandFailedException;
import io.bagpipe.verticles.cli.base.CommonOptions;
import io.bagpipe.verticles.cli.base.ExitCode;
import io.bagpipe.verticles.cli.base.Output;
import io.bagpipe.verticles.registry.ModelCard;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code bagpipe export}: a student in a format that others read. */
@Command(
    name = "export",
    description = {
      "Writes a student in a format that others read.",
      "onnx: pixels [n,3,size,size] in [0,1] to features and, with --head, embedding; can be the next"
          + " teacher. safetensors: for torchvision's model of the same name. dl4j: an archive of"
          + " Deeplearning4j's own layers. Preprocessing and provenance are in the metadata of the"
          + " first two. A model card is written beside the file: what to know before it is deployed."
    },
    footer = {
      "",
      "Examples:",
      "  bagpipe export ~/.bagpipe/runs/demo --format onnx --head",
      "  bagpipe export best.safetensors --format safetensors -o student.safetensors",
    })
public final class ExportCommand implements Callable<Integer> {

  /** What can be written. */
  enum Format {
    ONNX(".onnx"),
    SAFETENSORS(".safetensors"),
    DL4J(".zip");

    private final String extension;

    Format(String extension) {
      this.extension = extension;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Reads a format's name. */
  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String value) {
      for (Format format : Format.values()) {
        if (format.toString().equals(value)) {
          return format;
        }
      }
      throw new TypeConversionException(
          "\"" + value + "\" is not valid; expected onnx, safetensors or dl4j");
    }
  }

  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private CommonOptions common;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Output output;

  @Parameters(
      paramLabel = "CHECKPOINT|RUN_DIR",
      description = "A checkpoint, or a directory of them or of a run: the newest intact one.")
  @SuppressWarnings("NullAway.Init")
  private Path place;

  @Option(
      names = {"-f", "--format"},
      required = true,
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description = "onnx, safetensors or dl4j.")
  @SuppressWarnings("NullAway.Init")
  private Format format;

  @Option(names = "--head", description = "Write the projection head too.")
  private boolean head;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to; else ARCHITECTURE-ANCHORS with the format's ending, here.")
  private @Nullable Path to;

  ExportCommand() {}

  @Override
  public Integer call() throws IOException {
    Student student = CheckpointedStudent.read(place);
    Path file = to == null ? Path.of(defaultName(student)) : to;
    if (Files.isDirectory(file)) {
      throw new CommandFailedException(file + ": is a directory; -o takes a file");
    }
    write(student, file);
    Path card = new ModelCard(KnownOf.checkpoint(place), student.preprocessing()).beside(file);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", file.toString());
    result.put("format", format.toString());
    result.put("architecture", student.architecture().family().torchvisionName());
    result.put("width", student.architecture().width());
    result.put("anchors", student.provenance().anchors());
    result.put("checkpoint", student.provenance().checkpoint());
    result.put("head", head);
    long bytes = Files.size(file);
    result.put("bytes", bytes);
    result.put("card", card.toString());
    output.print(
        result,
        out -> {
          out.println(sentence(student, file, bytes));
          out.println(card + ": what to know before it is deployed");
        });
    return ExitCode.OK;
  }

  private String sentence(Student student, Path file, long bytes) {
    return String.format(
        Locale.ROOT,
        "%s: %s of width %d after %d anchors (%s), %s head, %.1f MB",
        file,
        student.architecture().family().torchvisionName(),
        student.architecture().width(),
        student.provenance().anchors(),
        student.provenance().checkpoint(),
        head ? "with its" : "without",
        bytes / 1e6);
  }

  private String defaultName(Student student) {
    return student.architecture().family().torchvisionName()
        + "-"
        + student.provenance().anchors()
        + format.extension;
  }

  /** A file of that name is replaced only by a whole one. */
  private void write(Student student, Path file) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
        switch (format) {
          case ONNX -> OnnxModel.write(student, head, out);
          case SAFETENSORS -> TorchvisionWeights.write(student, head, out);
          case DL4J -> Dl4jArchive.write(student, head, out);
        }
      }
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
