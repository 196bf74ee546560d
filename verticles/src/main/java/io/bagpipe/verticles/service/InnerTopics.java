package io.bagpipe.verticles.service;

import io.bagpipe.streams.kafka.TopicAdmin;
import io.bagpipe.streams.kafka.Topics;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.stage.Settings;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.Set;

/** Inner topics are one service's own: two that write into one would train each other's images. */
final class InnerTopics {
  private InnerTopics() {}

  /**
   * @return fails with a {@link ServiceException} when another service has read one of them
   */
  static Future<Void> requireOwn(TopicAdmin admin, Topics topics, String service) {
    return admin
        .readers(Set.copyOf(topics.inner()), group -> isOfAnother(group, service))
        .compose(
            readers ->
                readers.entrySet().stream()
                    .findFirst()
                    .map(
                        other ->
                            Future.<Void>failedFuture(
                                refusal(service, other.getKey(), other.getValue())))
                    .orElseGet(Future::succeededFuture));
  }

  private static ServiceException refusal(String service, String group, String topic) {
    return new ServiceException(
        ("topic %s is another service's: consumer group %s has read it, and service.name is %s."
                + " Give this service inner topics of its own (topics.views, topics.embeddings,"
                + " topics.bags); if it was renamed, take its former name")
            .formatted(topic, group, service),
        null);
  }

  /** Groups of stages that are named as Bagpipe names them. */
  private static boolean isOfAnother(String group, String service) {
    return Arrays.stream(Stage.values())
        .anyMatch(
            stage ->
                group.endsWith(Settings.group("", stage.id()))
                    && !group.equals(Settings.group(service, stage.id())));
  }
}
