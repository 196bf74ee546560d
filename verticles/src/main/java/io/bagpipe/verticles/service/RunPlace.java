package io.bagpipe.verticles.service;

import io.bagpipe.verticles.config.BagpipeConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a run keeps what it makes.
 *
 * @param id of the run, as events and announcements name it
 * @param directory of the run: checkpoints, exports, training log
 * @param checkpoints where the student is saved
 * @param imagesGoal how many images are expected, where that is known
 */
public record RunPlace(String id, Path directory, Path checkpoints, @Nullable Long imagesGoal) {
  /** With its checkpoints in its directory. */
  public RunPlace(String id, Path directory, @Nullable Long imagesGoal) {
    this(id, directory, directory.resolve("checkpoints"), imagesGoal);
  }

  /** Of the long-running service: one run, in the data directory, that restarts go on with. */
  public static RunPlace ofService(Path dataDirectory) {
    return new RunPlace("service", dataDirectory.resolve("run"), null);
  }

  /** The same, with checkpoints where the configuration wants them. */
  public static RunPlace ofService(BagpipeConfig config) {
    RunPlace usual = ofService(config.data().dir());
    String shared = config.checkpoint().dir();
    return shared.isEmpty()
        ? usual
        : new RunPlace(usual.id(), usual.directory(), Path.of(shared), usual.imagesGoal());
  }
}
