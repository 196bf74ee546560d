package io.bagpipe.model.checkpoint;

import io.bagpipe.model.train.TrainerState;

/**
 * Everything that a run goes on from, one atomic unit: what the trainer was, and where its input
 * stood. Offsets in here are the truth; commits to the broker only report progress.
 *
 * @param info what it says of itself
 * @param trainer network, optimiser, queue, counts
 * @param carriedOver anchors that were read but did not fill a batch, as the student's stage wrote
 *     them; empty when there are none
 */
public record Checkpoint(CheckpointInfo info, TrainerState trainer, byte[] carriedOver) {
  /** The version of the format that {@link CheckpointFile} writes. */
  public static final int FORMAT_VERSION = 1;

  public Checkpoint {
    if (info.step() != trainer.step() || info.anchors() != trainer.anchors()) {
      throw new IllegalArgumentException(
          "checkpoint of step "
              + info.step()
              + " and anchor "
              + info.anchors()
              + " with a trainer at step "
              + trainer.step()
              + " and anchor "
              + trainer.anchors()
              + "; valid: the same");
    }
  }
}
