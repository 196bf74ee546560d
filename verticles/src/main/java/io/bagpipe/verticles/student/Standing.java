package io.bagpipe.verticles.student;

import io.bagpipe.streams.lease.Holder;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Where the service's newest student is: what its holder leaves to a successor.
 *
 * @param anchors trained when it was saved
 * @param store id of the directory of checkpoints that holds it
 * @param file for people: where it was written
 */
record Standing(long anchors, String store, String file) {
  Standing {
    file = Holder.brief(file);
  }

  String text() {
    return new JsonObject().put("anchors", anchors).put("store", store).put("file", file).encode();
  }

  /** Null when nothing was saved yet. */
  static @Nullable Standing parse(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      JsonObject json = new JsonObject(text);
      return new Standing(
          json.getLong("anchors", 0L), json.getString("store", ""), json.getString("file", ""));
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalStateException("the lease's note is none of this version's: " + text, e);
    }
  }

  /**
   * Whether a student is behind the service's: this one's checkpoints do not have it.
   *
   * @param trained anchors of the newest checkpoint here
   * @param here id of the directory of checkpoints
   */
  boolean isElsewhere(long trained, String here) {
    // in its own directory an older one is what a torn file or a restored copy left, and is said
    return trained < anchors && !store.equals(here);
  }
}
