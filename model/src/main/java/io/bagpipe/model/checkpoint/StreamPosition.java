package io.bagpipe.model.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * How far a partition of the student's input was trained.
 *
 * @param topic of the records
 * @param topicId Kafka's, which a topic of the same name that was made anew does not have; null in
 *     checkpoints that did not yet write it
 * @param partition of the topic
 * @param offset of the next record to train, or of the one that was begun
 * @param itemsTaken anchors of that record that are trained already; the rest are still to come
 */
public record StreamPosition(
    String topic, @Nullable String topicId, int partition, long offset, int itemsTaken) {
  public StreamPosition {
    if (partition < 0 || offset < 0 || itemsTaken < 0) {
      throw new IllegalArgumentException(
          "position "
              + topic
              + "-"
              + partition
              + "@"
              + offset
              + "+"
              + itemsTaken
              + "; valid: 0 or more in each");
    }
  }
}
