package io.bagpipe.streams.kafka;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaFuture;

/** Futures of Kafka's admin client as Vert.x futures, completed on the caller's context. */
final class KafkaFutures {
  private KafkaFutures() {}

  static <T> Future<T> on(Context context, KafkaFuture<T> kafka) {
    Promise<T> promise = Promise.promise();
    kafka.whenComplete(
        (result, error) ->
            context.runOnContext(
                v -> {
                  if (error == null) {
                    promise.complete(result);
                  } else {
                    promise.fail(unwrapped(error));
                  }
                }));
    return promise.future();
  }

  /** One of many: Kafka answers for every name it was asked about. */
  static <K, T> Future<T> on(Context context, Map<K, KafkaFuture<T>> answers, K asked) {
    return on(context, Objects.requireNonNull(answers.get(asked)));
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
