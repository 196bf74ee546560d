package io.bagpipe.verticles.student;

/** Event-bus requests that the student answers beside those of the operations side. */
public final class StudentRequests {
  /**
   * {@code {}} → {@code {anchors, pending, busyNanos, starvedNanos, savingNanos, checkpoints}}:
   * trained so far, and waiting for a batch to fill; time since the start in training steps,
   * waiting for input, and writing checkpoints; how many of those.
   */
  public static final String PROGRESS = "bagpipe.student.progress";

  private StudentRequests() {}
}
