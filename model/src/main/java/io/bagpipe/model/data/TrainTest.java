package io.bagpipe.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the labelled images are that teach, and those that are judged.
 *
 * @param train a data set as of {@link ImageSources#open(Path, Split)}
 * @param trainSplit the part of it that teaches
 * @param test a data set, which may be the same
 * @param testSplit the part of it that is judged; no image of the other
 */
public record TrainTest(Path train, Split trainSplit, Path test, Split testSplit) {
  private static final List<String> TEST_FOLDERS = List.of("test", "val", "valid", "validation");

  /**
   * Finds both: in a folder with {@code train} and {@code test} (or {@code val}, {@code valid},
   * {@code validation}) those; of IDX files what they hold out themselves; of anything else the
   * fixed tenth that {@link Split} holds out.
   *
   * @param test images to judge that lie elsewhere, all of them; null: they are in {@code data}
   * @throws DataSetException when there is no such place
   */
  public static TrainTest of(Path data, @Nullable Path test) throws IOException {
    for (Path place : test == null ? List.of(data) : List.of(data, test)) {
      if (!Files.exists(place)) {
        throw new DataSetException(place + ": no such file or directory");
      }
    }
    if (test != null) {
      return new TrainTest(
          data,
          hasOwnSplit(data) ? Split.TRAIN : Split.ALL,
          test,
          hasOwnSplit(test) ? Split.HELD_OUT : Split.ALL);
    }
    Path train = data.resolve("train");
    if (Files.isDirectory(train)) {
      for (String name : TEST_FOLDERS) {
        if (Files.isDirectory(data.resolve(name))) {
          return new TrainTest(train, Split.ALL, data.resolve(name), Split.ALL);
        }
      }
    }
    return new TrainTest(data, Split.TRAIN, data, Split.HELD_OUT);
  }

  private static boolean hasOwnSplit(Path place) throws IOException {
    return Files.isDirectory(place) && IdxSource.hasOwnSplit(place);
  }
}
