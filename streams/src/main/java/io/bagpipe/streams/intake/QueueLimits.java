package io.bagpipe.streams.intake;

/**
 * When a queue is full and when it has room again: full at or above either high mark, room again
 * when at or below both low marks. What was polled last comes on top of the high marks: at most
 * once more that many bytes, as long as no record is larger than expected.
 */
public record QueueLimits(int lowRecords, int highRecords, long lowBytes, long highBytes) {

  public QueueLimits {
    if (lowRecords < 0 || highRecords <= lowRecords) {
      throw new IllegalArgumentException(
          "queue marks in records are "
              + lowRecords
              + " and "
              + highRecords
              + ", must be 0 <= low < high");
    }
    if (lowBytes < 0 || highBytes <= lowBytes) {
      throw new IllegalArgumentException(
          "queue marks in bytes are "
              + lowBytes
              + " and "
              + highBytes
              + ", must be 0 <= low < high");
    }
  }

  /** Full at the given marks, room again at half of them. */
  public static QueueLimits of(int highRecords, long highBytes) {
    return new QueueLimits(highRecords / 2, highRecords, highBytes / 2, highBytes);
  }
}
