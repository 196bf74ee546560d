package io.bagpipe.streams.intake;

import io.bagpipe.streams.record.InputRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer that does its bookkeeping where it is safe: on the consumer's own thread, inside
 * {@code poll}. (Vert.x tells of assignments later, on another thread, when records of a lost
 * partition may already be under way.)
 *
 * <p>Protocol of one poll:
 *
 * <ol>
 *   <li>Every assigned partition without a claim is claimed: committed offset, bounds of the log,
 *       start by policy, seek. Fails without harm; the next poll tries again.
 *   <li>Partitions flow if claimed and the queue has room, else they are paused.
 *   <li>Poll. Partitions that arrive in it are paused at once; those that leave lose their claim
 *       before the group hears that they were given up.
 *   <li>The group's metadata is remembered. While a claim is live, it is valid for it or outdated
 *       (then a commit is refused), never newer than a loss.
 *   <li>Records go to the queue under their claims.
 * </ol>
 */
final class ClaimingConsumer extends KafkaConsumer<byte[], byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(ClaimingConsumer.class);
  private static final Duration LOOKUP = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final Duration END_MAY_LAG = Duration.ofSeconds(10);

  private final String topic;
  private final ClaimQueue queue;
  private final StartPolicy policy;
  private final ProgressCommits progress;
  private final OnGap onGap;
  private volatile @Nullable ConsumerGroupMetadata metadata;
  private long beyondEndSinceNanos;
  private volatile Runnable unwatch = () -> {};

  ClaimingConsumer(
      Map<String, Object> properties,
      IntakeSettings settings,
      ClaimQueue queue,
      StartPolicy policy,
      ProgressCommits progress) {
    super(properties);
    this.topic = settings.topic();
    this.onGap = settings.onGap();
    this.queue = queue;
    this.policy = policy;
    this.progress = progress;
  }

  /** What to do once, when this consumer is closed. */
  ClaimingConsumer onClose(Runnable then) {
    unwatch = then;
    return this;
  }

  /** As of the newest poll; null before the first. From any thread. */
  @Nullable ConsumerGroupMetadata lastMetadata() {
    return metadata;
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener outer) {
    super.subscribe(topics, new Listener(outer));
  }

  private final class Listener implements ConsumerRebalanceListener {
    private final ConsumerRebalanceListener outer;

    Listener(ConsumerRebalanceListener outer) {
      this.outer = outer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      pause(partitions);
      for (TopicPartition partition : partitions) {
        queue.lose(partition.partition());
        // any position will do: it is paused, and without one poll would look for a reset policy
        seek(partition, 0);
      }
      outer.onPartitionsAssigned(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      partitions.forEach(p -> queue.lose(p.partition()));
      outer.onPartitionsRevoked(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      partitions.forEach(p -> queue.lose(p.partition()));
      outer.onPartitionsLost(partitions);
    }
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    try {
      claimAssigned();
      applyPauses();
      progress.send(this);
      ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
      metadata = groupMetadata();
      deliver(records);
      return records;
    } catch (OffsetOutOfRangeException e) {
      reclaim(e.offsetOutOfRangePartitions().keySet());
      return ConsumerRecords.empty();
    } catch (Error e) {
      // direct memory that ends; Vert.x lets errors vanish and would never poll again
      throw new KafkaException("polling " + topic + " ended: " + e, e);
    }
  }

  /**
   * The log no longer reaches back to where this consumer is. Often that says only that others have
   * handled the partition while this process was stopped, and that the group's news of it is still
   * on its way: so the place to go on from is looked up again, and that decides whether there is a
   * gap. What is in work is dropped, as after a loss.
   */
  private void reclaim(Set<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      queue.lose(partition.partition());
      if (assignment().contains(partition)) {
        pause(Set.of(partition));
        seek(partition, 0);
      }
    }
  }

  private void claimAssigned() {
    Set<TopicPartition> unclaimed = new HashSet<>();
    Set<Integer> claimed = queue.claimed();
    for (TopicPartition partition : assignment()) {
      if (!claimed.contains(partition.partition())) {
        unclaimed.add(partition);
      }
    }
    if (unclaimed.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed = committed(unclaimed, LOOKUP);
    Map<TopicPartition, Long> earliest = beginningOffsets(unclaimed, LOOKUP);
    Map<TopicPartition, Long> end = endOffsets(unclaimed, LOOKUP);
    for (TopicPartition partition : unclaimed) {
      OffsetAndMetadata known = committed.get(partition);
      long first = earliest.getOrDefault(partition, 0L);
      long start =
          policy.startOf(partition.partition(), known == null ? null : known.offset(), first);
      if (start < first && onGap == OnGap.EARLIEST) {
        LOG.warn(
            "{}: {} offsets from {} on are gone, going on at {}",
            partition,
            first - start,
            start,
            first);
        start = first;
      }
      if (isWithin(partition, start, first, end.getOrDefault(partition, 0L))) {
        seek(partition, start);
        queue.claim(partition.partition(), start);
      }
    }
  }

  /** False: look again at the next poll, a new leader may not know its end yet. */
  private boolean isWithin(TopicPartition partition, long start, long earliest, long end) {
    if (start < earliest) {
      throw new GapException(partition, start, earliest, end);
    }
    if (start <= end) {
      beyondEndSinceNanos = 0;
      return true;
    }
    long now = System.nanoTime();
    if (beyondEndSinceNanos == 0) {
      beyondEndSinceNanos = now;
    } else if (now - beyondEndSinceNanos > END_MAY_LAG.toNanos()) {
      throw new GapException(partition, start, earliest, end);
    }
    return false;
  }

  private void applyPauses() {
    boolean flows = queue.flows();
    Set<Integer> claimed = queue.claimed();
    Set<TopicPartition> paused = paused();
    List<TopicPartition> stop = new ArrayList<>();
    List<TopicPartition> go = new ArrayList<>();
    for (TopicPartition partition : assignment()) {
      boolean wanted = flows && claimed.contains(partition.partition());
      if (wanted == paused.contains(partition)) {
        (wanted ? go : stop).add(partition);
      }
    }
    pause(stop);
    resume(go);
  }

  private void deliver(ConsumerRecords<byte[], byte[]> records) {
    Map<Integer, List<InputRecord>> byPartition = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byPartition
          .computeIfAbsent(record.partition(), p -> new ArrayList<>())
          .add(Records.input(record));
    }
    // All records first: this consumer is past them, and asking for a position may throw.
    byPartition.forEach((partition, polled) -> add(partition, polled, 0));
    for (Integer partition : queue.claimed()) {
      add(partition, List.of(), positionOrStart(partition));
    }
  }

  private void add(int partition, List<InputRecord> polled, long position) {
    Claim claim = queue.current(partition);
    if (claim != null) {
      queue.add(claim, polled, position);
    }
  }

  private long positionOrStart(int partition) {
    try {
      return position(new TopicPartition(topic, partition), Duration.ZERO);
    } catch (TimeoutException | WakeupException beingValidated) {
      return 0;
    }
  }

  /**
   * Leaves the group, so that others go on at once; a killed process does not get here, and its
   * place is kept until the session times out.
   */
  @Override
  public void close() {
    unwatch.run();
    super.close(
        CloseOptions.timeout(CLOSE)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
  }
}
