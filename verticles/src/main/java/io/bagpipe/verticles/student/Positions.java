package io.bagpipe.verticles.student;

import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.verticles.student.BatchAccumulator.Origin;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far each partition of {@code bags} has been trained: the next record, and how many anchors of
 * it are already in the weights. Confined to the training thread.
 */
final class Positions {
  /**
   * @param offset of the record to go on with
   * @param taken anchors of that record that were trained already
   */
  record At(long offset, int taken) {}

  private static final At START = new At(0, 0);

  private final Map<Integer, At> next = new HashMap<>();

  Positions(Map<Integer, At> start) {
    next.putAll(start);
  }

  /** As a checkpoint has them. */
  static Positions of(List<StreamPosition> checkpoint) {
    Map<Integer, At> start = new HashMap<>();
    for (StreamPosition position : checkpoint) {
      start.put(position.partition(), new At(position.offset(), position.itemsTaken()));
    }
    return new Positions(start);
  }

  At of(int partition) {
    return next.getOrDefault(partition, START);
  }

  /** Moves past the anchors of a batch that has been trained. */
  void advance(Collection<Origin> trained) {
    for (Origin origin : trained) {
      next.put(
          origin.partition(),
          origin.last() ? new At(origin.offset() + 1, 0) : new At(origin.offset(), origin.taken()));
    }
  }

  /** Moves past a record that held nothing to train on. */
  void skip(int partition, long offset) {
    next.put(partition, new At(offset + 1, 0));
  }

  Map<Integer, At> all() {
    return new TreeMap<>(next);
  }
}
