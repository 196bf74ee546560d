package io.bagpipe.verticles.service;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a run keeps what it makes.
 *
 * @param id of the run, as events and announcements name it
 * @param directory of the run: checkpoints, exports, training log
 * @param imagesGoal how many images are expected, where that is known
 */
public record RunPlace(String id, Path directory, @Nullable Long imagesGoal) {
  /** Of the long-running service: one run, in the data directory, that restarts go on with. */
  public static RunPlace ofService(Path dataDirectory) {
    return new RunPlace("service", dataDirectory.resolve("run"), null);
  }

  public Path checkpoints() {
    return directory.resolve("checkpoints");
  }
}
