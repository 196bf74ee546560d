package io.bagpipe.streams.intake;

import io.bagpipe.streams.record.InputRecord;
import java.util.List;

/** What the worker of a stage gets from its queue, in order. */
public sealed interface Delivery {
  Claim claim();

  /** The partition is ours; comes before its first batch. */
  record Claimed(Claim claim) implements Delivery {}

  /** The partition is no longer ours; no batch of this claim comes after it. */
  record Lost(Claim claim) implements Delivery {}

  /** Records of one partition, in order, at least one. */
  record Batch(Claim claim, List<InputRecord> records, long bytes) implements Delivery {
    /** The offset to commit when this batch is done. */
    public long nextOffset() {
      return records.get(records.size() - 1).offset() + 1;
    }

    /** Those of its records, as a batch. */
    public Batch part(int from, int to) {
      if (from == 0 && to == records.size()) {
        return this;
      }
      List<InputRecord> part = records.subList(from, to);
      return new Batch(claim, part, part.stream().mapToLong(InputRecord::sizeBytes).sum());
    }
  }
}
