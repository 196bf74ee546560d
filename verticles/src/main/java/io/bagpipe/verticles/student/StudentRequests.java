package io.bagpipe.verticles.student;

/** Event-bus requests that the student answers beside those of the operations side. */
public final class StudentRequests {
  /**
   * {@code {}} → {@code {anchors, pending, busyNanos, starvedNanos}}: trained so far, and waiting
   * for a batch to fill; time since the start in training steps, and waiting for input.
   */
  public static final String PROGRESS = "bagpipe.student.progress";

  private StudentRequests() {}
}
