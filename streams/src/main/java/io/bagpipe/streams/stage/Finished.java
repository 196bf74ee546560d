package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.Claim;
import io.bagpipe.streams.intake.Delivery;

/** A batch that was worked on, and what came of it: waits for its transaction. */
record Finished(
    Claim claim, long nextOffset, int records, long inputBytes, StageOutput output, long bytes) {

  static Finished of(Delivery.Batch batch, StageOutput output) {
    return new Finished(
        batch.claim(),
        batch.nextOffset(),
        batch.records().size(),
        batch.bytes(),
        output,
        output.sizeBytes());
  }
}
