package io.bagpipe.model.checkpoint;

import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Preprocessing;
import org.jspecify.annotations.Nullable;

/**
 * Which student a checkpoint holds: enough to build it, feed it, and say where it comes from.
 *
 * @param architecture the network that the tensors belong to
 * @param inputSize side of its input, pixels
 * @param preprocessing what turns an image into its input; null in a checkpoint of version 1 whose
 *     configuration does not say it
 * @param teacherSha256 of the teacher's file, hexadecimal; {@code unknown} where version 1 does not
 *     say it
 */
public record StudentDescription(
    Architecture architecture,
    int inputSize,
    @Nullable Preprocessing preprocessing,
    String teacherSha256) {
  public StudentDescription {
    if (preprocessing != null && preprocessing.size() != inputSize) {
      throw new IllegalArgumentException(
          "a student of "
              + inputSize
              + " pixels and images prepared to "
              + preprocessing.size()
              + "; valid: the same");
    }
  }

  /** A student and how its images are prepared. */
  public static StudentDescription of(
      Architecture architecture, Preprocessing preprocessing, String teacherSha256) {
    return new StudentDescription(architecture, preprocessing.size(), preprocessing, teacherSha256);
  }
}
