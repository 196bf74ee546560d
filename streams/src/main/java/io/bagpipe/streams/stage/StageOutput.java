package io.bagpipe.streams.stage;

import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.OutputRecord;
import io.bagpipe.streams.record.StateRecord;
import java.util.List;

/**
 * What came of a batch.
 *
 * @param records for the output topic, in order
 * @param deadLetters records that were no good
 * @param changes of what the stage keeps of the batch's partition, in order; for its state topic
 * @param taken how many of the batch's first records this is of; the others come again, as a batch
 *     of their own
 */
public record StageOutput(
    List<OutputRecord> records,
    List<DeadLetter> deadLetters,
    List<StateRecord> changes,
    int taken) {
  /** Of a whole batch. */
  private static final int ALL = Integer.MAX_VALUE;

  public static final StageOutput NOTHING = new StageOutput(List.of(), List.of());

  public StageOutput {
    if (taken < 1) {
      throw new IllegalArgumentException("taken is " + taken + ", must be at least 1");
    }
    records = List.copyOf(records);
    deadLetters = List.copyOf(deadLetters);
    changes = List.copyOf(changes);
  }

  /** Of a whole batch. */
  public StageOutput(
      List<OutputRecord> records, List<DeadLetter> deadLetters, List<StateRecord> changes) {
    this(records, deadLetters, changes, ALL);
  }

  /** Of a whole batch, of a stage that keeps nothing. */
  public StageOutput(List<OutputRecord> records, List<DeadLetter> deadLetters) {
    this(records, deadLetters, List.of());
  }

  public static StageOutput of(List<OutputRecord> records) {
    return new StageOutput(records, List.of());
  }

  long sizeBytes() {
    return records.stream().mapToLong(OutputRecord::sizeBytes).sum()
        + deadLetters.stream().mapToLong(d -> d.record().sizeBytes()).sum()
        + changes.stream().mapToLong(StateRecord::sizeBytes).sum();
  }
}
