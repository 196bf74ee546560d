package io.bagpipe.model.teacher;

import io.bagpipe.model.image.PixelNormalizer;

/**
 * How to read a teacher's ONNX file and how to run it.
 *
 * @param input name of the input, float32 [n, 3, side, side]; empty: the only one there is
 * @param features name of the pooled backbone output, float32 [n, f]
 * @param embedding name of the projection head's output, float32 [n, d]; where it is {@link
 *     #EMBEDDING} and the file has no output but the features, these
 * @param side of the input in pixels where the file leaves it open; 0: the file says it
 * @param chunk images a run; more fill the machine better, and the last run of a call is padded
 * @param threads the runtime may use
 * @param mean of red, green, blue in [0, 1] for a teacher that expects normalised pixels; 0 for raw
 *     ones
 * @param std of the same; 1 for raw ones
 */
public record TeacherOptions(
    String input,
    String features,
    String embedding,
    int side,
    int chunk,
    int threads,
    float[] mean,
    float[] std) {
  /** The second output's name in the documentation; a file with one output needs none of it. */
  public static final String EMBEDDING = "embedding";

  /** Images a run, few: of a slow stream some come at a time, and each run costs a full one. */
  public static final int CHUNK = 8;

  /** The only input, raw pixels, and the two outputs' names in the documentation. */
  public static TeacherOptions defaults(int threads) {
    return new TeacherOptions(
        "", "features", EMBEDDING, 0, CHUNK, threads, new float[] {0, 0, 0}, new float[] {1, 1, 1});
  }

  /** The same without an embedding of the file's own: nothing but features is asked for. */
  public TeacherOptions featuresOnly() {
    return new TeacherOptions(input, features, features, side, chunk, threads, mean, std);
  }

  /** The same for pixels normalised by channel. */
  public TeacherOptions normalised(float[] mean, float[] std) {
    return new TeacherOptions(input, features, embedding, side, chunk, threads, mean, std);
  }

  public TeacherOptions {
    if (chunk < 1 || chunk > 1024) {
      throw new IllegalArgumentException("teacher chunk " + chunk + "; valid: 1 to 1024 images");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("teacher threads " + threads + "; valid: 1 or more");
    }
    if (mean.length != 3 || std.length != 3) {
      throw new IllegalArgumentException(
          "teacher mean and std of "
              + mean.length
              + " and "
              + std.length
              + " channels; valid: 3 and 3");
    }
    for (float deviation : std) {
      if (!(deviation > 0)) {
        throw new IllegalArgumentException("teacher std " + deviation + "; valid: above 0");
      }
    }
  }

  /** How uint8 levels become the teacher's input. */
  PixelNormalizer pixels() {
    return new PixelNormalizer(mean, std);
  }
}
