package io.bagpipe.verticles.config;

import static io.bagpipe.verticles.config.ValueTypes.channels;
import static io.bagpipe.verticles.config.ValueTypes.choice;
import static io.bagpipe.verticles.config.ValueTypes.integer;
import static io.bagpipe.verticles.config.ValueTypes.text;

import java.util.List;

/**
 * The frozen teacher.
 *
 * @param path a file, or {@code builtin:fashion-mnist}
 * @param input the input's name, empty for the only one
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
    Projected projected) {

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

  /** The stand-in teacher inside the jar. */
  public static final String BUILTIN = "builtin:fashion-mnist";

  static final Key<String> PATH =
      new Key<>(
          "teacher.path",
          text(
              "an ONNX file, or " + BUILTIN,
              s -> !s.isBlank() && (!s.startsWith("builtin:") || s.equals(BUILTIN))),
          BUILTIN,
          "The teacher: an ONNX file with two outputs, or builtin:fashion-mnist, a small stand-in"
              + " for trying things out (its features were trained with labels).");
  static final Key<Integer> THREADS =
      new Key<>(
          "teacher.threads", integer(0, 1024), "1", "Threads of one inference; 0 takes all cores.");
  static final Key<Integer> BATCH =
      new Key<>(
          "teacher.batch",
          integer(1, 4096),
          "64",
          "Most images in one call of the teacher, which runs them by eights, or by what the file"
              + " fixes.");
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

  static final List<Key<?>> KEYS =
      List.of(PATH, THREADS, BATCH, INPUT, FEATURES, EMBEDDING, MEAN, STD, PROJECTION);

  static TeacherConfig from(Values v) {
    String path = v.get(PATH);
    return new TeacherConfig(
        path.startsWith("builtin:") ? path : v.path(path).toString(),
        v.get(THREADS),
        v.get(BATCH),
        v.get(INPUT),
        v.get(FEATURES),
        v.get(EMBEDDING),
        v.get(MEAN),
        v.get(STD),
        new Projected(v.get(PROJECTION), v.get(TrainConfig.EMBEDDING)));
  }

  public boolean builtin() {
    return path.equals(BUILTIN);
  }
}
