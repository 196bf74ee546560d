package io.bagpipe.model.engine.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;

/**
 * Owner of native objects: closes what it was given, last first. Confined to one thread, as are the
 * objects in it.
 */
final class NativeArena implements AutoCloseable {
  private final Deque<Pointer> owned = new ArrayDeque<>();

  /** Takes ownership; the pointer lives until the arena is closed. */
  <P extends Pointer> P own(P pointer) {
    owned.push(pointer);
    return pointer;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
