package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.CheckpointException;
import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.StreamPosition;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far back the checkpoints that are kept reach into {@code bags}: what lies before the oldest
 * may go. Thread-safe.
 */
final class CheckpointTail {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointTail.class);

  private final CheckpointStore store;
  private final Deque<CheckpointInfo> kept = new ArrayDeque<>();

  CheckpointTail(CheckpointStore store) {
    this.store = store;
    for (Path file : store.files()) {
      try {
        kept.addLast(CheckpointFile.readInfo(file));
      } catch (CheckpointException e) {
        LOG.debug("checkpoint {} is not readable and holds nothing back", file, e);
      }
    }
  }

  synchronized void saved(CheckpointInfo info) {
    kept.addLast(info);
    int files = store.files().size();
    while (kept.size() > Math.max(1, files)) {
      kept.removeFirst();
    }
  }

  /** By partition; a partition that one of the checkpoints does not name is needed whole. */
  synchronized Map<Integer, Long> neededFrom() {
    Map<Integer, Long> from = new HashMap<>();
    CheckpointInfo oldest = kept.peekFirst();
    if (oldest == null) {
      return from;
    }
    for (StreamPosition position : oldest.positions()) {
      from.put(position.partition(), position.offset());
    }
    return from;
  }
}
