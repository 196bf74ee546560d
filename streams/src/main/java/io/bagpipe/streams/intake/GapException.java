package io.bagpipe.streams.intake;

import org.apache.kafka.common.TopicPartition;

/**
 * The position to go on from is no longer (or not yet) in the log: records in between would be
 * skipped in silence, so that the start stops here.
 */
public final class GapException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final int partition;
  private final long wantedOffset;
  private final long earliestOffset;
  private final long endOffset;

  public GapException(TopicPartition partition, long wanted, long earliest, long end) {
    super(message(partition, wanted, earliest, end));
    this.topic = partition.topic();
    this.partition = partition.partition();
    this.wantedOffset = wanted;
    this.earliestOffset = earliest;
    this.endOffset = end;
  }

  private GapException(TopicPartition partition, String message) {
    super(message);
    this.topic = partition.topic();
    this.partition = partition.partition();
    this.wantedOffset = -1;
    this.earliestOffset = 0;
    this.endOffset = 0;
  }

  /**
   * The group has no offset, though what it writes together with its offsets is there: they
   * expired, or the topic was made anew.
   */
  public static GapException lostOffsets(TopicPartition partition, String group, String output) {
    return new GapException(
        partition,
        "topic %s partition %d: the group %s has no offset in it, though topic %s has results of it:"
                .formatted(partition.topic(), partition.partition(), group, output)
            + " the offsets expired (the brokers' offsets.retention.minutes), or the topic was made"
            + " anew; set them with kafka-consumer-groups, or begin at the first record, which may"
            + " train images twice, with topics.on-gap=earliest");
  }

  private static String message(TopicPartition partition, long wanted, long earliest, long end) {
    String where =
        "topic %s partition %d: position %d wanted, the log has %d to %d"
            .formatted(partition.topic(), partition.partition(), wanted, earliest, end);
    return wanted < earliest
        ? where
            + ": %d offsets before it are gone; topics.on-gap=earliest goes on without them"
                .formatted(earliest - wanted)
        : where + ": it lost its end, or the topic was made anew";
  }

  public String topic() {
    return topic;
  }

  public int partition() {
    return partition;
  }

  /** -1 when it is unknown. */
  public long wantedOffset() {
    return wantedOffset;
  }

  public long earliestOffset() {
    return earliestOffset;
  }

  /** Offset after the last record that could be read. */
  public long endOffset() {
    return endOffset;
  }
}
