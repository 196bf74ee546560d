package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.channels;
import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.List;

/**
 * The frozen teacher.
 *
 * @param path a file, or {@code builtin:fashion-mnist}; empty: none was chosen
 * @param input the input's name, empty for the only one
 * @param engine what runs it
 */
public record TeacherConfig(
    String path,
    int threads,
    int batch,
    String input,
    String features,
    String embedding,
    Channels mean,
    Channels std,
    Projected projected,
    Engine engine) {

  /** Where the embedding comes from. */
  public enum Projection {
    /** The file: its output for it, or its only one. */
    NONE,
    /** A random orthogonal map of the features. */
    ORTHOGONAL,
    /** The principal components that {@code bagpipe teacher pca} put into the file. */
    PCA
  }

  /**
   * How features become the embedding.
   *
   * @param values of the embedding that a random map makes
   */
  public record Projected(Projection by, int values) {}

  /**
   * What runs it; whether that can be had here is for the engines to say, at the start.
   *
   * @param name a provider's, or auto
   * @param device auto, cpu, cuda or cuda:1
   * @param precision of the arithmetic
   */
  public record Engine(String name, String device, String precision) {}

  /** The stand-in teacher inside the jar. */
  public static final String BUILTIN = "builtin:fashion-mnist";

  static final Key<String> PATH =
      new Key<>(
          "teacher.path",
          text(
              "an ONNX file, " + BUILTIN + ", or empty",
              s -> !s.startsWith("builtin:") || s.equals(BUILTIN)),
          "",
          "The teacher, which `bagpipe run` asks for while this is empty: an ONNX file with two outputs,"
              + " or builtin:fashion-mnist, a small stand-in for trying things out (it knows clothes of"
              + " 32 pixels, and its features were trained with labels). The demo and the bench take"
              + " the stand-in where none is given.");
  static final Key<Integer> THREADS =
      new Key<>(
          "teacher.threads", integer(0, 1024), "1", "Threads of one inference; 0 takes all cores.");
  static final Key<Integer> BATCH =
      new Key<>(
          "teacher.batch",
          integer(1, 4096),
          "64",
          "Most images in one call of the teacher, which runs them by eights, on a GPU at once, or"
              + " by what the file fixes.");
  static final Key<String> INPUT =
      new Key<>(
          "teacher.input",
          text("an input's name", s -> true),
          "",
          "Name of the input [n, 3, size, size]; empty takes the only one.");
  static final Key<String> FEATURES =
      new Key<>(
          "teacher.features",
          text("an output's name", s -> !s.isBlank()),
          "features",
          "Name of the output [n, d]: pooled backbone features, which decide who is alike.");
  static final Key<String> EMBEDDING =
      new Key<>(
          "teacher.embedding",
          text("an output's name", s -> !s.isBlank()),
          "embedding",
          "Name of the output [n, 128]: after the projection head, what the student is to match. A"
              + " file whose one output is the features needs none: see teacher.projection.");
  static final Key<Channels> MEAN =
      new Key<>(
          "teacher.mean",
          channels(-255, 255),
          "[0, 0, 0]",
          "Subtracted from pixels in [0, 1] before the teacher sees them. The built-in teacher"
              + " normalises by itself; ImageNet teachers mostly want [0.485, 0.456, 0.406].");
  static final Key<Channels> STD =
      new Key<>(
          "teacher.std",
          channels(1e-6, 255),
          "[1, 1, 1]",
          "Divides the pixels after that; ImageNet teachers mostly want [0.229, 0.224, 0.225].");

  static final Key<Projection> PROJECTION =
      new Key<>(
          "teacher.projection",
          choice(Projection.class),
          "none",
          "Where the embedding comes from. none: the file's output for it; of a file whose one output"
              + " is the features, these. orthogonal: a random orthogonal map of the features to"
              + " train.embedding values, a function of seed. pca: principal components, which"
              + " bagpipe teacher pca has put into the file.");

  static final Key<String> ENGINE =
      new Key<>(
          "teacher.engine",
          text("auto or an engine's name in lower case", s -> s.matches("[a-z][a-z0-9-]*")),
          "auto",
          "What runs the teacher: onnxruntime, on the CPU in float32; torch (libtorch), in a build"
              + " with -Ptorch or -Pgpu. auto takes torch on a GPU that it can use and onnxruntime"
              + " elsewhere, and for a file that torch cannot read. Part of what makes a record, as"
              + " teacher.device and teacher.precision are.");
  static final Key<String> DEVICE =
      new Key<>(
          "teacher.device",
          text("auto, cpu, cuda or cuda:<number>", s -> s.matches("auto|cpu|cuda(:\\d{1,3})?")),
          "auto",
          "What the teacher runs on; with any other than auto, a file that cannot be read for it"
              + " stops the start.");
  static final Key<String> PRECISION =
      new Key<>(
          "teacher.precision",
          text("float32, tf32 or bf16, where the engine has it", s -> s.matches("[a-z][a-z0-9-]*")),
          "float32",
          "Of the teacher's arithmetic: float32; torch also bf16, and on a GPU tf32.");

  static final List<Key<?>> KEYS =
      List.of(
          PATH,
          THREADS,
          BATCH,
          INPUT,
          FEATURES,
          EMBEDDING,
          MEAN,
          STD,
          PROJECTION,
          ENGINE,
          DEVICE,
          PRECISION);

  static TeacherConfig from(Values v) {
    String path = v.get(PATH);
    return new TeacherConfig(
        path.isBlank() || path.startsWith("builtin:") ? path.strip() : v.path(path).toString(),
        v.get(THREADS),
        v.get(BATCH),
        v.get(INPUT),
        v.get(FEATURES),
        v.get(EMBEDDING),
        v.get(MEAN),
        v.get(STD),
        new Projected(v.get(PROJECTION), v.get(TrainConfig.EMBEDDING)),
        new Engine(v.get(ENGINE), v.get(DEVICE), v.get(PRECISION)));
  }

  /**
   * That one was chosen.
   *
   * @throws ConfigException with how to come by one
   */
  public void require() {
    if (path.isEmpty()) {
      throw new ConfigException(
          "teacher.path: is not set, and the student learns from a teacher that knows such images;"
              + " `bagpipe teacher import FILE.safetensors --arch resnet50` or"
              + " model/teachers/export.py makes one, `bagpipe demo` shows a first run without, and"
              + " teacher.path="
              + BUILTIN
              + " takes the stand-in, which knows clothes only");
    }
  }

  public boolean builtin() {
    return path.equals(BUILTIN);
  }
}
