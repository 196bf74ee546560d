package io.bagpipe.streams.intake;

import java.time.Duration;

/**
 * Who consumes what.
 *
 * @param instance tells the members of the group apart, and stays the same over restarts: with it a
 *     process that was killed gets its partitions back at once, and a second one with the same name
 *     drives the first one out
 * @param sessionTimeout after this long without a sign of life others take the partitions over
 * @param maxFetchBytes most bytes a fetch asks for; a larger single record still comes
 * @param maxRecordBytes the largest record that is expected, unpacked: with it, how many a poll may
 *     unpack at once without more than doubling what the queue holds
 * @param onGap what to do when the place to go on from is gone
 */
public record IntakeSettings(
    String topic,
    String group,
    String instance,
    QueueLimits queue,
    Duration sessionTimeout,
    int maxFetchBytes,
    int maxRecordBytes,
    OnGap onGap) {
  public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(15);
  public static final int DEFAULT_MAX_FETCH_BYTES = 8 << 20;
  public static final int DEFAULT_MAX_RECORD_BYTES = 16 << 20;

  private static final int MOST_POLLED = 500;

  public IntakeSettings {
    if (topic.isBlank() || group.isBlank() || instance.isBlank()) {
      throw new IllegalArgumentException(
          "topic, group and instance are '%s', '%s', '%s', none may be empty"
              .formatted(topic, group, instance));
    }
    if (maxRecordBytes < 1) {
      throw new IllegalArgumentException(
          "maxRecordBytes is " + maxRecordBytes + ", must be positive");
    }
  }

  /**
   * Records that Kafka's client unpacks in one go. The queue counts bytes only afterwards, and a
   * fetch of 8 MiB can hold thousands of times as much: so few enough that, at their largest, they
   * are no more than the queue's high mark.
   */
  int recordsAtOnce() {
    long most = Math.min(recordsAPoll(), queue.highBytes() / maxRecordBytes);
    return (int) Math.max(1, most);
  }

  /** Records of one poll: what the queue may be over its high mark by. */
  int recordsAPoll() {
    return Math.min(MOST_POLLED, Math.max(1, queue.highRecords() - queue.lowRecords()));
  }

  /** Also how soon a member hears that the group changes, or that it was driven out. */
  public Duration heartbeatInterval() {
    return Duration.ofMillis(Math.max(100, Math.min(1000, sessionTimeout.toMillis() / 5)));
  }

  public static IntakeSettings of(String topic, String group, String instance, QueueLimits queue) {
    return new IntakeSettings(
        topic,
        group,
        instance,
        queue,
        DEFAULT_SESSION_TIMEOUT,
        DEFAULT_MAX_FETCH_BYTES,
        DEFAULT_MAX_RECORD_BYTES,
        OnGap.STOP);
  }

  public IntakeSettings withOnGap(OnGap choice) {
    return new IntakeSettings(
        topic, group, instance, queue, sessionTimeout, maxFetchBytes, maxRecordBytes, choice);
  }

  public IntakeSettings withMaxRecordBytes(int bytes) {
    return new IntakeSettings(
        topic, group, instance, queue, sessionTimeout, maxFetchBytes, bytes, onGap);
  }
}
