package io.bagpipe.verticles.student;

import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageEvent.Doing;
import io.bagpipe.verticles.ops.events.StageEvent.Work;
import io.bagpipe.verticles.ops.events.StageState;
import org.jspecify.annotations.Nullable;

/**
 * What the training thread is at when it does not train, and how far it is. Written by that thread,
 * read by any.
 */
final class Activity {
  private volatile @Nullable Doing now;

  /**
   * Something begins, perhaps in the midst of something else.
   *
   * @return what to go {@link #back} to
   */
  @Nullable Doing begin(StageState state) {
    Doing before = now;
    now = Doing.plain(state);
    return before;
  }

  /** It has ended. */
  void back(@Nullable Doing before) {
    now = before;
  }

  /** So many images of what is being done are through. */
  void images(StageState state, long done, long all) {
    now = new Doing(state, new Work("images", done, all, 0));
  }

  /** So many bytes of what is being done are through. */
  void bytes(StageState state, long bytes) {
    now = new Doing(state, new Work("", 0, -1, bytes));
  }

  /** Null: it trains, or waits for something to train. */
  StageEvent.@Nullable Doing now() {
    return now;
  }

  Doing orElse(StageState state) {
    Doing at = now;
    return at == null ? Doing.plain(state) : at;
  }
}
