package io.bagpipe.model.engine;

import org.jspecify.annotations.Nullable;

/** What a kernel has once it is bound. */
final class Bound {
  private Bound() {}

  static <T> T of(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("kernel runs before it is bound");
    }
    return value;
  }
}
