package io.bagpipe.model.checkpoint;

import io.bagpipe.model.network.StateDict;

/**
 * Everything that a run goes on from, one atomic unit: what its parts remember, and where its input
 * stood. Offsets in here are the truth; commits to the broker only report progress.
 *
 * @param info what it says of itself
 * @param components what the run's parts remember, {@link Components#MODEL} among them
 */
public record Checkpoint(CheckpointInfo info, Components components) {
  /** The version of the format that {@link CheckpointFile} writes. */
  public static final int FORMAT_VERSION = 2;

  public Checkpoint {
    Component trainer = components.find(Components.TRAINER);
    if (trainer != null
        && (info.step() != trainer.counter("step")
            || info.anchors() != trainer.counter("anchors"))) {
      throw new IllegalArgumentException(
          "checkpoint of step "
              + info.step()
              + " and anchor "
              + info.anchors()
              + " with a trainer at step "
              + trainer.counter("step")
              + " and anchor "
              + trainer.counter("anchors")
              + "; valid: the same");
    }
  }

  /** The student's network: parameters and running statistics. */
  public StateDict network() {
    return components.get(Components.MODEL).tensors();
  }
}
