package io.bagpipe.verticles.ops;

import io.vertx.core.Future;
import java.util.Map;

/** Where topic lags come from. Asked every few seconds on the event loop; must not block. */
@FunctionalInterface
public interface LagSource {
  /** Nobody measures lags in this process; stage events still may. */
  LagSource NONE = () -> Future.succeededFuture(Map.of());

  /**
   * Records not yet committed by the topic's consumer, by topic name (images, views, …) and
   * partition, whoever has it. Fails with a {@link
   * io.bagpipe.verticles.ops.status.TopicMissingException} where there is no such topic.
   */
  Future<Map<String, Map<Integer, Long>>> lags();

  /** Who is asked, as it is called in sentences. */
  default String name() {
    return "Kafka";
  }
}
