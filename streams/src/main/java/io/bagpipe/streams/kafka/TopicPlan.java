package io.bagpipe.streams.kafka;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the missing topics, then checks all of them: one run of {@link TopicAdmin#ensure}. */
final class TopicPlan {
  private static final Logger LOG = LoggerFactory.getLogger(TopicPlan.class);

  private static final long PATIENCE_NANOS = Duration.ofSeconds(15).toNanos();

  private final Context context;
  private final Admin admin;
  private final Topics topics;
  private final TopicSettings settings;

  TopicPlan(Context context, Admin admin, Topics topics, TopicSettings settings) {
    this.context = context;
    this.admin = admin;
    this.topics = topics;
    this.settings = settings;
  }

  Future<Integer> ensure() {
    return KafkaFutures.on(context, admin.listTopics().names())
        .compose(this::partitionsOfImages)
        .compose(
            existing ->
                create(missing(existing.names(), existing.imagesPartitions()))
                    .compose(v -> growWhenKnown(System.nanoTime() + PATIENCE_NANOS))
                    .compose(v -> checkWhenKnown(System.nanoTime() + PATIENCE_NANOS))
                    .compose(this::awaitLeaders)
                    .map(v -> existing.imagesPartitions()));
  }

  private record Existing(Set<String> names, int imagesPartitions) {}

  private Future<Existing> partitionsOfImages(Set<String> names) {
    if (!names.contains(topics.images())) {
      return Future.succeededFuture(new Existing(names, settings.partitions()));
    }
    return KafkaFutures.on(
            context,
            admin.describeTopics(Set.of(topics.images())).topicNameValues(),
            topics.images())
        .map(images -> new Existing(names, images.partitions().size()));
  }

  private List<NewTopic> missing(Set<String> names, int partitions) {
    List<NewTopic> missing = new ArrayList<>();
    Map<String, String> inbound = bounded();
    inbound.put(
        "retention.ms",
        settings.imagesRetention() == null
            ? "-1"
            : Long.toString(settings.imagesRetention().toMillis()));
    inbound.put("retention.bytes", "-1");
    Map<String, String> inner = bounded();
    inner.put("retention.ms", "-1");
    inner.put("retention.bytes", "-1");
    inner.put("compression.type", compression());
    // trimming frees whole segments
    inner.put("segment.bytes", Integer.toString(Math.max(64 << 20, limit())));
    Map<String, String> students = bounded();
    students.put("cleanup.policy", "compact");
    add(missing, names, topics.images(), partitions, inbound);
    add(missing, names, topics.deadLetters(), 1, inbound);
    for (String topic : topics.inner()) {
      add(missing, names, topic, partitions, inner);
    }
    add(missing, names, topics.students(), 1, students);
    Map<String, String> memory = new HashMap<>(students);
    memory.put("compression.type", compression());
    add(missing, names, topics.memory(), partitions, memory);
    Map<String, String> drift = new HashMap<>(memory);
    // the same few keys again and again: only what is in a full segment is compacted
    drift.put("segment.bytes", Integer.toString(Math.max(16 << 20, limit())));
    add(missing, names, topics.drift(), partitions, drift);
    return missing;
  }

  private Map<String, String> bounded() {
    Map<String, String> config = new HashMap<>();
    config.put("max.message.bytes", Integer.toString(limit()));
    if (settings.replication() >= 3) {
      config.put("min.insync.replicas", "2");
    }
    return config;
  }

  private String compression() {
    return settings.innerCompression().equals("none")
        ? "uncompressed"
        : settings.innerCompression();
  }

  private int limit() {
    return settings.maxRecordBytes() + TopicSettings.OVERHEAD_BYTES;
  }

  private void add(
      List<NewTopic> to, Set<String> existing, String name, int count, Map<String, String> config) {
    if (!existing.contains(name)) {
      to.add(
          new NewTopic(name, Optional.of(count), Optional.of((short) settings.replication()))
              .configs(config));
    }
  }

  private Future<Void> create(List<NewTopic> missing) {
    List<Future<Void>> created = new ArrayList<>();
    Map<String, KafkaFuture<Void>> values = admin.createTopics(missing).values();
    values.forEach(
        (name, result) ->
            created.add(
                KafkaFutures.on(context, result)
                    .onSuccess(v -> LOG.info("topic created: {}", name))
                    // another process was faster: the check below looks at what it made
                    .recover(
                        e ->
                            e instanceof TopicExistsException
                                ? Future.succeededFuture()
                                : Future.failedFuture(e))));
    return Future.all(created).mapEmpty();
  }

  private Future<Map<String, TopicDescription>> checkWhenKnown(long deadlineNanos) {
    return whenKnown(this::check, deadlineNanos);
  }

  private Future<Void> growWhenKnown(long deadlineNanos) {
    return whenKnown(new TopicGrowth(context, admin, topics)::grow, deadlineNanos);
  }

  /**
   * A topic just created is not known everywhere at once, nor are the partitions it has grown by.
   */
  private <T> Future<T> whenKnown(Supplier<Future<T>> look, long deadlineNanos) {
    return look.get()
        .recover(
            e ->
                (e instanceof UnknownTopicOrPartitionException
                            || (e instanceof TopicMismatchException mismatch && mismatch.mayPass()))
                        && System.nanoTime() - deadlineNanos < 0
                    ? context
                        .owner()
                        .timer(100, TimeUnit.MILLISECONDS)
                        .compose(v -> whenKnown(look, deadlineNanos))
                    : Future.failedFuture(e));
  }

  private Future<Map<String, TopicDescription>> check() {
    List<String> names = new ArrayList<>(topics.inner());
    names.add(topics.images());
    names.add(topics.deadLetters());
    names.add(topics.students());
    names.add(topics.memory());
    names.add(topics.drift());
    Future<Map<String, TopicDescription>> described =
        KafkaFutures.on(context, admin.describeTopics(names).allTopicNames());
    List<ConfigResource> resources =
        names.stream().map(n -> new ConfigResource(ConfigResource.Type.TOPIC, n)).toList();
    Future<Map<ConfigResource, Config>> configs =
        KafkaFutures.on(context, admin.describeConfigs(resources).all());
    return Future.all(described, configs)
        .map(
            v -> {
              checkPartitions(described.result());
              checkLimits(
                  configs.result().entrySet().stream()
                      .collect(Collectors.toMap(e -> e.getKey().name(), Map.Entry::getValue)));
              return described.result();
            });
  }

  /**
   * A topic is known before its leader serves it. Whoever produces in between may see the first
   * batch refused and the second one accepted as the first: then an idempotent producer is out of
   * order for good. The admin client asks until every leader answers.
   */
  private Future<Void> awaitLeaders(Map<String, TopicDescription> described) {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    described.forEach(
        (topic, description) ->
            description
                .partitions()
                .forEach(
                    p -> all.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest())));
    return KafkaFutures.on(context, admin.listOffsets(all).all()).mapEmpty();
  }

  private void checkPartitions(Map<String, TopicDescription> described) {
    int wanted = partitions(described, topics.images());
    for (String topic : topics.byPartition()) {
      int found = partitions(described, topic);
      if (found != wanted) {
        throw new TopicMismatchException(
            String.format(
                "topic %s has %d partitions and %s has %d, must be equal: delete %s while nothing"
                    + " is in it, or choose another topic prefix",
                topic, found, topics.images(), wanted, topic),
            found < wanted); // it was grown just now, and not everybody knows
      }
    }
  }

  private static int partitions(Map<String, TopicDescription> described, String topic) {
    TopicDescription description = described.get(topic);
    if (description == null) {
      throw new TopicMismatchException("topic " + topic + " is missing and was not created");
    }
    return description.partitions().size();
  }

  /**
   * Images may be narrower (its producers' business); where stages write must take what they do.
   */
  private void checkLimits(Map<String, Config> configs) {
    List<String> written = new ArrayList<>(topics.byPartition());
    written.add(topics.deadLetters());
    for (String topic : written) {
      int found = number(configs, topic, "max.message.bytes");
      if (found < limit()) {
        throw new TopicMismatchException(
            String.format(
                "topic %s takes records of up to %d bytes (max.message.bytes), must be at least"
                    + " %d: raise it, or lower the record size limit",
                topic, found, limit()));
      }
    }
    for (String topic : topics.inner()) {
      checkPolicy(configs, topic, "delete");
      checkRetention(topic, configs);
    }
    checkPolicy(configs, topics.memory(), "compact");
    checkPolicy(configs, topics.drift(), "compact");
  }

  private static void checkPolicy(Map<String, Config> configs, String topic, String wanted) {
    Config config = configs.get(topic);
    String policy = config == null ? "" : config.get("cleanup.policy").value();
    if (!policy.equals(wanted)) {
      throw new TopicMismatchException(
          "topic " + topic + " has cleanup.policy " + policy + ", must be " + wanted);
    }
  }

  /** What is trimmed by those who read it must not go before they have; a window least of all. */
  private void checkRetention(String topic, Map<String, Config> configs) {
    for (String name : List.of("retention.ms", "retention.bytes")) {
      Config config = configs.get(topic);
      String found = config == null ? "-1" : config.get(name).value();
      if (!found.equals("-1")) {
        String line =
            String.format(
                "topic %s has %s %s: Kafka may delete what is not used yet, and shorten a window"
                    + " that is rebuilt from it; Bagpipe trims it itself, so set %s=-1 (kafka-configs"
                    + " --alter --entity-type topics --entity-name %s --add-config %s=-1)",
                topic, name, found, name, topic, name);
        if (!settings.acceptsRetention()) {
          throw new TopicMismatchException(line + ", or accept it with topics.on-retention=accept");
        }
        LOG.warn("{}; accepted by topics.on-retention", line);
      }
    }
  }

  private static int number(Map<String, Config> configs, String topic, String name) {
    Config config = configs.get(topic);
    return config == null ? 0 : Integer.parseInt(config.get(name).value());
  }
}
