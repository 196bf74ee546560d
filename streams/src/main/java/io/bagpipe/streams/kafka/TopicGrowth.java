package io.bagpipe.streams.kafka;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the inner topics as many partitions as images has, when that was grown. What comes of a
 * partition of images goes into the partition of the same number, so that growing adds partitions
 * that begin empty, with windows of their own, and changes nothing of those that are there. What it
 * does change is the producers': an id that now goes to another partition of images is another
 * image there, and replaces nothing in the window it was in.
 */
final class TopicGrowth {
  private static final Logger LOG = LoggerFactory.getLogger(TopicGrowth.class);

  private final Context context;
  private final Admin admin;
  private final Topics topics;

  TopicGrowth(Context context, Admin admin, Topics topics) {
    this.context = context;
    this.admin = admin;
    this.topics = topics;
  }

  Future<Void> grow() {
    List<String> names = new ArrayList<>(topics.byPartition());
    names.add(topics.images());
    return KafkaFutures.on(context, admin.describeTopics(names).allTopicNames())
        .compose(this::grow);
  }

  private Future<Void> grow(Map<String, TopicDescription> described) {
    Map<String, NewPartitions> wanted = new HashMap<>();
    TopicDescription images = described.get(topics.images());
    int count = images == null ? 0 : images.partitions().size();
    described.forEach(
        (topic, description) -> {
          if (description.partitions().size() < count) {
            wanted.put(topic, NewPartitions.increaseTo(count));
          }
        });
    List<Future<Void>> grown = new ArrayList<>();
    admin
        .createPartitions(wanted)
        .values()
        .forEach(
            (topic, result) ->
                grown.add(
                    KafkaFutures.on(context, result)
                        .onSuccess(
                            v ->
                                LOG.info(
                                    "{} has {} partitions: {} has them now too",
                                    topics.images(),
                                    count,
                                    topic))
                        // another process was faster
                        .recover(
                            e ->
                                e instanceof InvalidPartitionsException
                                    ? Future.succeededFuture()
                                    : Future.failedFuture(e))));
    return Future.all(grown).mapEmpty();
  }
}
