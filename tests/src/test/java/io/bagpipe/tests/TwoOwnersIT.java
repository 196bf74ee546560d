package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bagpipe.streams.proto.BagBatch;
import io.bagpipe.streams.proto.BaggedAnchor;
import io.bagpipe.streams.proto.EmbeddedAnchor;
import io.bagpipe.streams.proto.EmbeddingBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two partitions of embeddings, two processes that own one each, and one of them is killed: every
 * image gets one bag, the one that the logs say, whoever drew it.
 */
class TwoOwnersIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** More than there are images, so that the log that every bag is held against is all there. */
  private static final int WINDOW = 1_000;

  private static final int YOUNG = 8;
  private static final int K = 5;

  private String bootstrap;

  private static List<String> sets(String scope, String... more) {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "topics.partitions=2",
                "bags.scope=" + scope,
                "bags.window=" + WINDOW,
                "bags.bytes=16MiB",
                "checkpoint.every=1h",
                "bags.min-window=" + YOUNG,
                "student.width=4",
                "student.head-hidden=32",
                "train.batch=32",
                "train.queue=128",
                "teacher.batch=16",
                "stages.linger=20ms"));
    sets.addAll(List.of(more));
    return sets;
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "global"})
  void everyImageGetsItsBagWhoeverOwnsItsPartition(String scope, @TempDir Path data)
      throws Exception {
    BagpipeProcess one = new BagpipeProcess(data.resolve("one"), sets(scope, "instance.id=one"));
    bootstrap = one.bootstrap();
    BagpipeProcess two =
        new BagpipeProcess(
            data.resolve("two"),
            sets(scope, "instance.id=two", "roles=[bags]", "kafka.bootstrap.servers=" + bootstrap));
    try {
      one.run();
      TestImages.produce(bootstrap, 0, 150);
      awaitBags(150, one);
      two.run();
      await().atMost(PATIENCE).until(this::owners, o -> o.size() == 2);
      TestImages.produce(bootstrap, 150, 400);
      awaitBags(400, one);
      assertThat(owners()).as("still two").hasSize(2);

      two.kill();
      TestImages.produce(bootstrap, 400, 500);
      awaitBags(500, one);

      assertEveryBagIsTheOneThatTheLogsSay(scope.equals("global"));
    } finally {
      two.kill();
      one.kill();
    }
  }

  /** Members of the group that own a partition of embeddings. */
  private Set<String> owners() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      Set<String> owners = new HashSet<>();
      admin
          .describeConsumerGroups(List.of("bagpipe-bags"))
          .all()
          .get(30, TimeUnit.SECONDS)
          .get("bagpipe-bags")
          .members()
          .stream()
          .filter(m -> !m.assignment().topicPartitions().isEmpty())
          .forEach(m -> owners.add(m.consumerId()));
      return owners;
    }
  }

  private void awaitBags(int count, BagpipeProcess one) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              assertThat(one.isAlive()).as(one.said()).isTrue();
              return bags().stream().mapToInt(r -> parse(r).getItemsCount()).sum() >= count;
            });
  }

  private static BagBatch parse(ConsumerRecord<byte[], byte[]> record) {
    try {
      return BagBatch.parseFrom(record.value());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> bags() {
    return read("bags");
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    List<TopicPartition> both =
        IntStream.range(0, 2).mapToObj(p -> new TopicPartition(topic, p)).toList();
    Map<String, Object> properties =
        Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(both);
      consumer.seekToBeginning(both);
      Map<TopicPartition, Long> end = consumer.endOffsets(both);
      while (both.stream().anyMatch(p -> consumer.position(p) < end.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  /** Embeddings of each partition, and in how many of them an offset ends. */
  private static final class Log {
    final List<EmbeddedAnchor> pushes = new ArrayList<>();
    final TreeMap<Long, Integer> pushesBefore = new TreeMap<>();

    List<EmbeddedAnchor> window(int end) {
      return pushes.subList(Math.max(0, end - WINDOW), end);
    }

    int pushesBefore(long offset) {
      var next = pushesBefore.ceilingEntry(offset);
      return next == null ? pushes.size() : next.getValue();
    }
  }

  private void assertEveryBagIsTheOneThatTheLogsSay(boolean global) throws Exception {
    Map<Integer, Log> logs = Map.of(0, new Log(), 1, new Log());
    Map<String, Integer> partitions = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : read("embeddings")) {
      Log log = logs.get(record.partition());
      log.pushesBefore.put(record.offset(), log.pushes.size());
      for (EmbeddedAnchor item : EmbeddingBatch.parseFrom(record.value()).getItemsList()) {
        log.pushes.add(item);
        partitions.put(item.getAnchor().getId().toStringUtf8(), record.partition());
      }
    }
    int[] at = new int[2];
    Set<String> seen = new HashSet<>();
    int[] foreign = new int[2];
    for (ConsumerRecord<byte[], byte[]> record : bags()) {
      int partition = record.partition();
      BagBatch batch = parse(record);
      assertThat(batch.getOthersMap().keySet())
          .isEqualTo(global ? Set.of(1 - partition) : Set.of());
      for (BaggedAnchor anchor : batch.getItemsList()) {
        String id = anchor.getAnchor().getId().toStringUtf8();
        assertThat(seen.add(id)).as("%s has one bag", id).isTrue();
        int place = at[partition]++;
        Log own = logs.get(partition);
        assertThat(own.pushes.get(place).getAnchor().getId().toStringUtf8()).isEqualTo(id);
        List<EmbeddedAnchor> visible = new ArrayList<>(own.window(place));
        if (global) {
          Log other = logs.get(1 - partition);
          visible.addAll(other.window(other.pushesBefore(batch.getOthersOrThrow(1 - partition))));
        }
        List<String> found =
            anchor.getBagList().stream().map(n -> n.getId().toStringUtf8()).toList();
        if (visible.size() < YOUNG) {
          assertThat(found).as("the window is young").isEmpty();
          continue;
        }
        visible.add(own.pushes.get(place));
        assertThat(found)
            .as("the bag of %s", id)
            .isEqualTo(BruteForce.nearest(visible, visible.size() - 1, visible.size(), K));
        foreign[partition] +=
            (int) found.stream().filter(n -> partitions.get(n) != partition).count();
      }
    }
    assertThat(seen).hasSize(500);
    for (int partition = 0; partition < 2; partition++) {
      assertThat(foreign[partition] > 0)
          .as("neighbours of the other partition in bags of %d", partition)
          .isEqualTo(global);
    }
  }
}
