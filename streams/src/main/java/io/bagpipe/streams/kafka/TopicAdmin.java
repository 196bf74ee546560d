package io.bagpipe.streams.kafka;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * What Bagpipe asks of a cluster besides records: topics, offsets, lags, trimming. Nothing blocks;
 * results arrive on the Vert.x context of the thread that built it. The maps are by partition.
 * Whoever builds it closes it.
 *
 * <p>Offsets count transaction markers too: the lag of a group that has read everything can be a
 * few offsets until the group, being idle, has committed past the last marker (stages and sources
 * of this module do so within a second).
 */
public final class TopicAdmin {
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final long COUNTED_NANOS = Duration.ofSeconds(10).toNanos();

  private final Vertx vertx;
  private final Context context;
  private final Future<Admin> opened;
  private final Map<String, Count> partitionCounts = new ConcurrentHashMap<>();

  private record Count(int partitions, long nanos) {}

  /**
   * Opens a client on a worker, which may look names up; whatever is asked meanwhile waits for it,
   * and fails as it does.
   */
  public TopicAdmin(Vertx vertx, KafkaSettings kafka) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.opened = vertx.executeBlocking(() -> Admin.create(kafka.admin()), false);
  }

  private <T> Future<T> ask(Function<Admin, KafkaFuture<T>> question) {
    return opened.compose(admin -> KafkaFutures.on(context, question.apply(admin)));
  }

  private <K, T> Future<T> ask(Function<Admin, Map<K, KafkaFuture<T>>> question, K asked) {
    return opened.compose(admin -> KafkaFutures.on(context, question.apply(admin), asked));
  }

  /**
   * Creates the topics that are missing and checks those that exist.
   *
   * @return the number of partitions of images; fails with {@link TopicMismatchException}
   */
  public Future<Integer> ensure(Topics topics, TopicSettings settings) {
    return opened.compose(admin -> new TopicPlan(context, admin, topics, settings).ensure());
  }

  /**
   * Grows the inner topics to as many partitions as images has; does nothing when they have them.
   */
  public Future<Void> grow(Topics topics) {
    return opened.compose(admin -> new TopicGrowth(context, admin, topics).grow());
  }

  /** Partition count; fails with UnknownTopicOrPartitionException when there is no such topic. */
  public Future<Integer> partitions(String topic) {
    return ask(admin -> admin.describeTopics(Set.of(topic)).topicNameValues(), topic)
        .map(description -> description.partitions().size());
  }

  /** What Kafka tells this topic by from another of the same name, before or after it. */
  public Future<String> topicId(String topic) {
    return ask(admin -> admin.describeTopics(Set.of(topic)).topicNameValues(), topic)
        .map(description -> description.topicId().toString());
  }

  /** First offset still in the log. */
  public Future<Map<Integer, Long>> earliestOffsets(String topic) {
    return offsets(topic, OffsetSpec.earliest());
  }

  /** Offset after the last one that a read-committed consumer can get. */
  public Future<Map<Integer, Long>> endOffsets(String topic) {
    return offsets(topic, OffsetSpec.latest());
  }

  private Future<Map<Integer, Long>> offsets(String topic, OffsetSpec spec) {
    return knownPartitions(topic)
        .compose(
            count -> {
              Map<TopicPartition, OffsetSpec> asked =
                  IntStream.range(0, count)
                      .mapToObj(p -> new TopicPartition(topic, p))
                      .collect(Collectors.toMap(Function.identity(), p -> spec));
              return ask(
                  admin ->
                      admin
                          .listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                          .all());
            })
        .onFailure(e -> partitionCounts.remove(topic))
        .map(
            found ->
                found.entrySet().stream()
                    .collect(
                        Collectors.toMap(e -> e.getKey().partition(), e -> e.getValue().offset())));
  }

  /** Asked now and then, since topics grow: gates come here several times a second. */
  private Future<Integer> knownPartitions(String topic) {
    Count count = partitionCounts.get(topic);
    long now = System.nanoTime();
    return count != null && now - count.nanos() < COUNTED_NANOS
        ? Future.succeededFuture(count.partitions())
        : partitions(topic).onSuccess(found -> partitionCounts.put(topic, new Count(found, now)));
  }

  /** What the group committed; partitions without a commit are absent. */
  public Future<Map<Integer, Long>> committedOffsets(String group, String topic) {
    return ask(admin ->
            admin
                .listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec()))
                .partitionsToOffsetAndMetadata(group))
        .map(found -> ofTopic(found, topic));
  }

  private static Map<Integer, Long> ofTopic(
      Map<TopicPartition, OffsetAndMetadata> found, String topic) {
    Map<Integer, Long> offsets = new HashMap<>();
    found.forEach(
        (partition, offset) -> {
          if (partition.topic().equals(topic) && offset != null) {
            offsets.put(partition.partition(), offset.offset());
          }
        });
    return offsets;
  }

  /**
   * Groups that have committed a place in one of these topics, each with the topic.
   *
   * @param which of the cluster's groups are asked
   */
  public Future<Map<String, String>> readers(Set<String> topics, Predicate<String> which) {
    return ask(admin -> admin.listGroups().all())
        .compose(
            groups -> {
              Map<String, ListConsumerGroupOffsetsSpec> asked =
                  groups.stream()
                      .map(GroupListing::groupId)
                      .filter(which)
                      .collect(
                          Collectors.toMap(
                              Function.identity(), group -> new ListConsumerGroupOffsetsSpec()));
              return asked.isEmpty()
                  ? Future.succeededFuture(Map.of())
                  : ask(admin -> admin.listConsumerGroupOffsets(asked).all());
            })
        .map(
            offsets -> {
              Map<String, String> readers = new TreeMap<>();
              offsets.forEach(
                  (group, places) ->
                      places.keySet().stream()
                          .map(TopicPartition::topic)
                          .filter(topics::contains)
                          .findFirst()
                          .ifPresent(topic -> readers.put(group, topic)));
              return readers;
            });
  }

  /** Offsets between the group's commits (or the log's start) and the end, for each partition. */
  public Future<Map<Integer, Long>> lag(String group, String topic) {
    Future<Map<Integer, Long>> earliest = earliestOffsets(topic);
    Future<Map<Integer, Long>> committed = committedOffsets(group, topic);
    Future<Map<Integer, Long>> end = endOffsets(topic);
    return Future.all(earliest, committed, end)
        .map(
            v -> {
              Map<Integer, Long> lag = new HashMap<>();
              end.result()
                  .forEach(
                      (partition, to) -> {
                        long start = earliest.result().getOrDefault(partition, 0L);
                        long from = committed.result().getOrDefault(partition, start);
                        lag.put(partition, Math.max(0, to - Math.max(from, start)));
                      });
              return lag;
            });
  }

  /**
   * Deletes what lies before an offset: nobody can read it any more. The disk is freed segment by
   * segment, some time later.
   *
   * @return the new first offset; fails with OffsetOutOfRangeException beyond the log's end
   */
  public Future<Long> trim(String topic, int partition, long beforeOffset) {
    TopicPartition key = new TopicPartition(topic, partition);
    return ask(
            admin ->
                admin
                    .deleteRecords(Map.of(key, RecordsToDelete.beforeOffset(beforeOffset)))
                    .lowWatermarks(),
            key)
        .map(deleted -> deleted.lowWatermark());
  }

  public Future<Void> close() {
    return opened
        .<Void>compose(
            admin ->
                vertx.executeBlocking(
                    () -> {
                      admin.close(CLOSE);
                      return null;
                    },
                    false))
        .otherwise(notOpened -> null);
  }
}
