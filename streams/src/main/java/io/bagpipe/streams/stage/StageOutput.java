package io.bagpipe.streams.stage;

import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.OutputRecord;
import java.util.List;

/** What came of a batch: records for the output topic, in order, and records that were no good. */
public record StageOutput(List<OutputRecord> records, List<DeadLetter> deadLetters) {
  public static final StageOutput NOTHING = new StageOutput(List.of(), List.of());

  public StageOutput {
    records = List.copyOf(records);
    deadLetters = List.copyOf(deadLetters);
  }

  public static StageOutput of(List<OutputRecord> records) {
    return new StageOutput(records, List.of());
  }

  long sizeBytes() {
    return records.stream().mapToLong(OutputRecord::sizeBytes).sum()
        + deadLetters.stream().mapToLong(d -> d.record().sizeBytes()).sum();
  }
}
