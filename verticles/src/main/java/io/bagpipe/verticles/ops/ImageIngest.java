package io.bagpipe.verticles.ops;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The door to the images topic. Called on the event loop; must not block. */
@FunctionalInterface
public interface ImageIngest {
  /** No door in this process. */
  ImageIngest CLOSED =
      (key, bytes, headers) ->
          Future.succeededFuture(new Unavailable("this process takes no images"));

  /**
   * Offers one image.
   *
   * @param key of the record; null: none given
   * @param bytes the encoded image, handed over
   * @param headers of the record ({@code label}, …)
   */
  Future<Answer> offer(@Nullable String key, byte[] bytes, Map<String, String> headers);

  /** Why an image called so would not be taken, in one line; null: it would. */
  default @Nullable String refusal(@Nullable String key, @Nullable String label) {
    return null;
  }

  /** What became of it. */
  sealed interface Answer {}

  /**
   * The broker has acknowledged it.
   *
   * @param key it went under
   */
  record Accepted(String key, int partition, long offset) implements Answer {}

  /** Too much is waiting already; come back later. */
  record Busy(Duration retryAfter) implements Answer {}

  /** No broker, or no door. */
  record Unavailable(String reason) implements Answer {}
}
