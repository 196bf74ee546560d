package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.StreamPosition;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far back the checkpoints that are kept reach into {@code bags}: what lies before the oldest
 * may go. Thread-safe.
 */
final class CheckpointTail {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointTail.class);

  private final CheckpointStore store;
  private final Predicate<StreamPosition> isHere;
  private final Map<Path, CheckpointInfo> kept = new HashMap<>();

  /**
   * @param isHere whether a position counts in the topic that there is now
   */
  CheckpointTail(CheckpointStore store, Predicate<StreamPosition> isHere) {
    this.store = store;
    this.isHere = isHere;
    for (Path file : store.files()) {
      try {
        kept.put(file, CheckpointFile.readInfo(file));
      } catch (CheckpointException e) {
        LOG.debug("checkpoint {} is not readable and holds nothing back", file, e);
      }
    }
  }

  /** A checkpoint has been written, and others may have gone. */
  synchronized void saved(Path file, CheckpointInfo info) {
    List<Path> files = store.files();
    kept.put(file, info);
    kept.keySet().retainAll(files);
  }

  /** By partition; a partition that one of the checkpoints does not name is needed whole. */
  synchronized Map<Integer, Long> neededFrom() {
    Map<Integer, Long> needed = null;
    for (CheckpointInfo info : kept.values()) {
      Map<Integer, Long> from = new HashMap<>();
      info.positions().stream().filter(isHere).forEach(p -> from.put(p.partition(), p.offset()));
      if (needed == null) {
        needed = from;
      } else {
        needed.keySet().retainAll(from.keySet());
        needed.replaceAll((p, offset) -> Math.min(offset, from.getOrDefault(p, offset)));
      }
    }
    return needed == null ? Map.of() : needed;
  }
}
